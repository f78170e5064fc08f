import type { MessageSummary } from '../queues/message-summary.ts';
import type { RedriveReport } from './redrive.ts';

/** A report for machines: the same facts, with times in ISO 8601 and durations in milliseconds. */
export function redriveDocument({ route, inspection, ...result }: RedriveReport): object {
  const { state, sample, oldestSentAt, types, notes } = inspection;
  const to = route.by === 'copy' ? [route.to] : route.to ? [route.to] : route.sources;
  return {
    outcome: result.outcome,
    moved: result.moved,
    failed: result.failed,
    remaining: result.remaining,
    durationMs: result.durationMs,
    faults: result.faults,
    deadLetterQueue: { name: route.deadLetterQueue.name, arn: route.deadLetterQueue.arn },
    route: {
      by: route.by,
      to: to.map(({ name, arn }) => ({ name, arn })),
      ...(route.by === 'copy' && route.subscription && { subscription: route.subscription.arn }),
    },
    depth: { visible: state.visible, inFlight: state.inFlight, delayed: state.delayed },
    ...(oldestSentAt !== undefined && { oldestSentAt: new Date(oldestSentAt).toISOString() }),
    types: Object.fromEntries(types.map(({ type, count }) => [type, count])),
    sample: sample.map(sampleDocument),
    notes,
  };
}

function sampleDocument({ sentAt, firstReceivedAt, ...message }: MessageSummary): object {
  return {
    ...message,
    ...(sentAt !== undefined && { sentAt: new Date(sentAt).toISOString() }),
    ...(firstReceivedAt !== undefined && { firstReceivedAt: new Date(firstReceivedAt).toISOString() }),
  };
}
