import type { FleetModel } from './fleet-model.ts';
import type { Load } from './load.ts';
import { mostOf, type SimulationResult } from './simulation.ts';

/** What a simulation comes to; times in seconds. */
export interface Summary {
  readonly fleet: string;
  /** undefined where a burst was not done by the end. */
  readonly bursts: readonly {
    readonly count: number;
    readonly at: number;
    readonly drainedIn: number | undefined;
  }[];
  readonly peakAge: number;
  readonly peakBacklog: number;
  /** From a message's arrival until it was done; undefined when none was. */
  readonly latency: { readonly median: number; readonly p99: number; readonly longest: number } | undefined;
  readonly peakWorkers: number;
  readonly workerHours: number;
  /** Share of the workers' time in which they had jobs, 0 to 1; undefined when there were none. */
  readonly busyShare: number | undefined;
  readonly launched: number;
  readonly abandoned: number;
  readonly scaledOut: number;
  readonly scaledIn: number;
  /** Times that a scaling undid the one before, within {@link flapWindow}. */
  readonly flaps: number;
  readonly flapWindow: number;
  readonly sent: number;
  readonly done: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly deadLettered: number;
  readonly receivedAgain: number;
  readonly cutOff: number;
  /** What is wrong, in words; empty when nothing is. */
  readonly findings: readonly string[];
}

/** Below this, a fleet waits more than it works. */
const idleShare = 0.3;
/** Hours in which chance alone may make a scaling undo the one before. */
const hoursAFlap = 6;

export function summarize(
  model: FleetModel,
  load: Load,
  result: SimulationResult,
  flapWindow: number,
): Summary {
  const { samples, acts, latencies, burstsDoneAt, workerSeconds, workSeconds, ...counts } = result;
  const sorted = latencies.toSorted((one, other) => one - other);
  const quantile = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const figures = {
    ...counts,
    fleet: model.name,
    bursts: load.bursts.map(({ count, at }, index) => {
      const doneAt = burstsDoneAt[index];
      return { count, at, drainedIn: doneAt === undefined ? undefined : doneAt - at };
    }),
    peakAge: mostOf(samples, ({ oldestAge }) => oldestAge),
    peakBacklog: mostOf(samples, ({ visible }) => visible),
    latency:
      sorted.length === 0 ? undefined : { median: quantile(0.5), p99: quantile(0.99), longest: quantile(1) },
    peakWorkers: mostOf(samples, ({ pending, inService, draining }) => pending + inService + draining),
    workerHours: workerSeconds / 3_600,
    busyShare: workerSeconds === 0 ? undefined : workSeconds / workerSeconds / model.worker.concurrency,
    scaledOut: acts.filter(({ from, to }) => to > from).length,
    scaledIn: acts.filter(({ from, to }) => to < from).length,
    flaps: acts.filter((act, index) => undoes(act, acts[index - 1], flapWindow)).length,
    flapWindow,
  };
  return { ...figures, findings: findingsOf(figures, model, samples) };
}

type Act = SimulationResult['acts'][number];

function undoes(act: Act, before: Act | undefined, within: number): boolean {
  return (
    before !== undefined && act.to > act.from !== before.to > before.from && act.at - before.at <= within
  );
}

function findingsOf(
  summary: Omit<Summary, 'findings'>,
  model: FleetModel,
  samples: SimulationResult['samples'],
): string[] {
  const last = samples.at(-1);
  const isAtMost = last !== undefined && last.desired === model.maxWorkers;
  const unfinished = summary.bursts.filter(({ drainedIn }) => drainedIn === undefined).length;
  const { busyShare } = summary;
  const findings: readonly (readonly [boolean, string])[] = [
    [
      summary.done === 0 && summary.sent > 0 && summary.peakWorkers === 0,
      'No worker was ever started, and messages wait: nothing scales out from none.',
    ],
    [unfinished > 0, `${unfinished} of ${summary.bursts.length} bursts were not done by the end.`],
    [
      isAtMost && isGrowing(samples),
      `The backlog grows with all ${model.maxWorkers} workers that there may be: allow more.`,
    ],
    [
      summary.flaps > Math.max(1, samples.length / 60 / hoursAFlap),
      `Flapping: ${summary.flaps} times, a scaling undid the one before within ${summary.flapWindow / 60} minutes.`,
    ],
    [
      summary.abandoned > 0,
      `${summary.abandoned} workers were given up because they took longer to boot than their lifecycle hook waits.`,
    ],
    [summary.deadLettered > 0, `${summary.deadLettered} messages ended in the DLQ.`],
    [summary.cutOff > 0, `${summary.cutOff} jobs were cut off when their worker had to go, and begun again.`],
    [
      busyShare !== undefined && busyShare < idleShare,
      `Workers had something to do for ${Math.round((busyShare ?? 0) * 100)}% of their time.`,
    ],
  ];
  return findings.filter(([holds]) => holds).map(([, finding]) => finding);
}

/** Whether more waits at the end than half an hour before, and for longer. */
function isGrowing(samples: SimulationResult['samples']): boolean {
  const [first] = samples.slice(-30);
  const last = samples.at(-1);
  return (
    first !== undefined &&
    last !== undefined &&
    last.visible > first.visible &&
    last.oldestAge > first.oldestAge
  );
}
