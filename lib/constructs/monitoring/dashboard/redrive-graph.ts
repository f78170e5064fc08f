import { redriverMetrics } from '../../../../contracts/redriver.ts';
import { type Emitter, emitted } from './compute-graphs.ts';
import type { Graph } from './graph.ts';

/** Messages that went back to their queues, those that came to the DLQs again, and redrives that gave up. */
export function redriveGraph(redriver: Emitter): Graph {
  return {
    title: 'Redrive: messages a minute (count), redrives stopped (count)',
    left: [
      emitted(redriver, redriverMetrics.moved, 'moved'),
      emitted(redriver, redriverMetrics.returned, 'returned'),
    ],
    right: [emitted(redriver, redriverMetrics.stopped, 'stopped').with({ statistic: 'Maximum' })],
  };
}
