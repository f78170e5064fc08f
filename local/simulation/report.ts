import { formatDuration } from './durations.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Assumptions } from './simulation.ts';
import type { Summary } from './summary.ts';

const count = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 });
const percent = (share: number) => `${Math.round(share * 100)}%`;

const unitOf = ({ platform }: FleetModel) => (platform === 'ec2' ? 'instance' : 'task');

/** What was simulated and what came of it, line by line. */
export function reportOf(model: FleetModel, assumptions: Assumptions, summary: Summary): string[] {
  return [
    ...premises(model, assumptions),
    '',
    ...figures(summary, unitOf(model)).map(([name, text]) => `  ${name.padEnd(17)}${text}`),
  ];
}

function premises(model: FleetModel, { boot, timePerMessage }: Assumptions): string[] {
  const { worker, minWorkers, maxWorkers } = model;
  const workers = `${unitOf(model)}s`;
  const jobs = worker.concurrency === 1 ? 'one job' : `${worker.concurrency} jobs`;
  return [
    `${model.name}: ${minWorkers} to ${maxWorkers} ${workers}, ${jobs} at a time, on ${model.queue.name}`,
    ...model.policies.map(policy =>
      policy.kind === 'step'
        ? `  ${policy.name}: ${policy.steps.length} steps, when ${policy.alarm.alarmName} is on`
        : `  ${policy.name}: tracks ${count(policy.target)}`,
    ),
    `  assumed: ${formatDuration(timePerMessage)} a message (--time-per-message), ${formatDuration(boot)} to boot (--boot)`,
  ];
}

function figures(summary: Summary, unit: string): [string, string][] {
  const { latency, busyShare } = summary;
  return [
    ...summary.bursts.map(({ count: messages, at, drainedIn }): [string, string] => [
      'time to drain',
      `${drainedIn === undefined ? 'not by the end' : formatDuration(drainedIn)} (${count(messages)} messages at ${formatDuration(at)})`,
    ]),
    ['oldest message', `${formatDuration(summary.peakAge)} at most`],
    [
      'until done',
      latency === undefined
        ? 'nothing was done'
        : `${formatDuration(latency.median)} in the median, ${formatDuration(latency.p99)} for 99%, ${formatDuration(latency.longest)} at most`,
    ],
    ['backlog', `${count(summary.peakBacklog)} at most`],
    [
      `${unit}s`,
      `${summary.peakWorkers} at most, ${count(summary.workerHours)} ${unit} hours` +
        (busyShare === undefined ? '' : `, ${percent(busyShare)} of them at work`),
    ],
    [
      'scaling',
      `${summary.scaledOut} times out, ${summary.scaledIn} times in; ${summary.flaps} undid the one before within ${formatDuration(summary.flapWindow)}`,
    ],
    [
      'messages',
      `${count(summary.sent)} sent, ${count(summary.done)} done, ${count(summary.waiting + summary.inFlight)} left, ` +
        `${count(summary.deadLettered)} in the DLQ, ${count(summary.receivedAgain)} received again`,
    ],
  ];
}
