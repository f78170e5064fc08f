import { replyMetrics } from '../../../../contracts/replies.ts';
import { searchMetrics } from '../../../../contracts/travel-search.ts';
import { type Emitter, emitted } from './compute-graphs.ts';
import type { Graph } from './graph.ts';

/** Searches as those who asked saw them. */
export function searchesGraph(web: Emitter): Graph {
  return {
    title: 'Searches: a minute (count), time p99 (ms)',
    left: [
      emitted(web, searchMetrics.complete, 'all airlines answered'),
      emitted(web, searchMetrics.partial, 'some airlines answered'),
      emitted(web, searchMetrics.unanswered, 'none answered'),
      emitted(web, searchMetrics.timedOut, 'timed out'),
      emitted(web, searchMetrics.refused, 'refused'),
      emitted(web, searchMetrics.failed, 'failed'),
    ],
    right: [emitted(web, searchMetrics.time, 'time p99').with({ statistic: 'p99' })],
  };
}

/** Replies as those who wait for them got them. */
export function repliesGraph(web: Emitter): Graph {
  return {
    title: 'Replies: a minute (count)',
    left: [
      emitted(web, replyMetrics.matched, 'matched'),
      emitted(web, replyMetrics.late, 'late'),
      emitted(web, replyMetrics.duplicate, 'duplicate'),
      emitted(web, replyMetrics.unknown, 'unknown'),
      emitted(web, replyMetrics.unreadable, 'unreadable'),
    ],
  };
}
