import type { Queues } from '../../cli/queues/queues.ts';

/** Queues that behave as others do, but for some methods: faults, and notes of what is asked. */
export function queuesWith(queues: Queues, overrides: Partial<Queues>): Queues {
  return {
    find: address => queues.find(address),
    names: () => queues.names(),
    state: queue => queues.state(queue),
    sourcesOf: queue => queues.sourcesOf(queue),
    receive: (queue, options) => queues.receive(queue, options),
    sendOne: (queue, message) => queues.sendOne(queue, message),
    send: (queue, messages) => queues.send(queue, messages),
    delete: (queue, messages) => queues.delete(queue, messages),
    release: (queue, messages) => queues.release(queue, messages),
    ...overrides,
  };
}
