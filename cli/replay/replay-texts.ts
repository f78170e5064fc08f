import { momentText } from '../archive/window.ts';
import type { Queue } from '../queues/queues.ts';
import { counted } from '../terminal/counted.ts';
import { durationText } from '../terminal/durations.ts';
import { printable } from '../terminal/text-table.ts';
import type { SelectedObjects, Selection } from './archive-selection.ts';
import type { ReplayOutcome, ReplayProgress, ReplayReport } from './replay-result.ts';
import type { ReplayState } from './replay-state.ts';

/** More than these say nothing new at a glance. */
const shownFaults = 10;

export interface ReplayPlan {
  readonly state: Pick<ReplayState, 'replayId' | 'position' | 'sent'>;
  readonly ratePerSecond?: number;
  readonly dryRun: boolean;
}

/** What is there, and what is going to be done with it. */
export function planText(
  queue: Queue,
  { bucket, window, types }: Selection,
  { objects, bytes }: SelectedObjects,
  { ratePerSecond, dryRun, state }: ReplayPlan,
): string {
  const what = types.length > 0 ? `Events ${types.join(', ')}` : 'All events';
  const rate = ratePerSecond === undefined ? '' : ` at up to ${ratePerSecond} a second`;
  const gone = state.position
    ? ` ${state.sent} were sent before: it goes on at line ${state.position.line + 1} of ${state.position.key}.`
    : '';
  return [
    `${bucket}: ${counted(objects.length, 'object')}, ${sizeText(bytes)} compressed.`,
    dryRun
      ? `${what} published from ${momentText(window.from)} until ${momentText(window.to)} would go to ${queue.name}.${gone}`
      : `${what} published from ${momentText(window.from)} until ${momentText(window.to)} are sent to ${queue.name}${rate}, as replay ${state.replayId}.${gone}`,
  ].join('\n');
}

/** Said of a window whose end is not long enough ago. */
export function openWindowText({ window }: Selection): string {
  return `The archive may not be complete until ${momentText(window.to)} yet: events are gathered for up to a quarter of an hour, and may come late.`;
}

export interface ShownProgress extends ReplayProgress {
  /** Number of the object that is read. */
  readonly object: number;
  readonly objects: number;
  /** Of this run. */
  readonly sentNow: number;
  readonly elapsedMs: number;
}

export function progressText(progress: ShownProgress): string {
  const { sent, malformed, failed, object, objects, sentNow, elapsedMs } = progress;
  const speed = elapsedMs > 0 ? `, ${Math.round((sentNow * 1000) / elapsedMs)}/s` : '';
  const left = [malformed > 0 && `${malformed} malformed`, failed > 0 && `${failed} failed`].filter(Boolean);
  return `${[`${sent} sent`, ...left].join(', ')}, object ${object} of ${objects}${speed}`;
}

const outcomeTexts: Readonly<Record<ReplayOutcome, string>> = {
  done: 'Done',
  'nothing-to-do': 'No event was published then',
  'dry-run': 'Dry run: nothing was sent',
  declined: 'Nothing was sent',
  failed: 'Failed',
  interrupted: 'Interrupted',
};

/**
 * What was done.
 *
 * @param connection options that say where requests go, to be given again.
 */
export function resultText(report: ReplayReport, connection: readonly string[]): string {
  const { outcome, sent, malformed, failed, types, faults, fault, stateFile, durationMs } = report;
  const head = outcomeTexts[outcome];
  if (outcome === 'declined' || outcome === 'nothing-to-do') return `${head}.`;
  const ofTypes = Object.entries(types).map(([type, count]) => `${printable(type)} ${count}`);
  const verb = outcome === 'dry-run' ? 'would be sent' : 'sent';
  const lines = [
    `${head}: ${sent} ${verb}${ofTypes.length > 0 ? ` (${ofTypes.join(', ')})` : ''}, ${malformed} malformed, ${failed} failed, ${durationText(durationMs)}.`,
    ...(fault === undefined ? [] : [`  ${fault}`]),
    ...faults.slice(0, shownFaults).map(({ key, line, reason }) => `  ${key}, line ${line}: ${reason}`),
  ];
  if (faults.length > shownFaults)
    lines.push(`  and ${faults.length - shownFaults} more (--json shows them)`);
  if (stateFile) {
    lines.push(
      `To go on where it stopped: npm run replay -- ${['--resume', stateFile, ...connection].join(' ')}`,
    );
  }
  return lines.join('\n');
}

function sizeText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${Math.round((bytes / 1000 ** power) * 10) / 10} ${units[power]}`;
}
