import type { ReplayReport } from './replay-result.ts';

/** A report for machines: the same facts, with times in ISO 8601 and durations in milliseconds. */
export function replayDocument({ queue, selection, ...report }: ReplayReport): object {
  const { bucket, window, types } = selection;
  return {
    ...report,
    queue: { name: queue.name, arn: queue.arn },
    archive: { bucket, objects: report.objects, bytes: report.bytes },
    window: { from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString(), types },
  };
}
