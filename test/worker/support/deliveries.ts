import type { Delivery } from '../../../worker/job.ts';
import { RecordingLog } from './recording.ts';

/** The first delivery of a message; tell what is special about it. */
export function delivery(special: Partial<Delivery> = {}): Delivery {
  return {
    messageId: 'message-1',
    receiveCount: 1,
    sentAt: new Date(0),
    attributes: {},
    signal: new AbortController().signal,
    log: new RecordingLog(),
    ...special,
  };
}
