import { type Charge, standing, traffic } from '../charge.ts';
import { assumptions, secondsPerMonth } from '../settings.ts';
import { bytesOf, countOf } from '../traffic/message-flow.ts';
import { dataKeyRequests } from './data-keys.ts';
import type { CostModel } from './model.ts';

/** SQS counts each 64 KB of a request's payload as one. */
export const chunkBytes = 64 * 1_024;
/** What SQS has where a queue does not say how long it reuses a data key. */
const defaultReuseSeconds = 300;

/** Sends, receives that find something, deletions, and receives that find nothing. */
export const queueModel: CostModel = (queue, flow) => {
  const { properties } = queue;
  const price = properties.FifoQueue === true ? 'sqs-fifo' : 'sqs-standard';
  const messages = flow.sent(queue);
  const count = countOf(messages);
  const consumption = flow.consumption(queue);
  const charges: Charge[] = [];
  const sends = messages.reduce((sum, one) => sum + one.count * chunks(one.bytes), 0);
  let found = 0;
  if (consumption) {
    const { pollers, waitSeconds, batch } = consumption;
    const pause = Math.max(waitSeconds, assumptions.shortPollSeconds);
    charges.push(standing(price, (pollers * secondsPerMonth) / pause));
    found = count / batch;
    const receives = count > 0 ? found * chunks((bytesOf(messages) / count) * batch) : 0;
    charges.push(traffic(price, receives + found));
  }
  charges.push(traffic(price, sends));
  if (properties.KmsMasterKeyId !== undefined) {
    const reuse =
      flow.overrides.dataKeyReuseSeconds ??
      Number(properties.KmsDataKeyReusePeriodSeconds ?? defaultReuseSeconds);
    // Whoever sends has a data key made and opens it again; whoever receives opens it.
    charges.push(traffic('kms-request', 2 * dataKeyRequests(count, reuse) + dataKeyRequests(found, reuse)));
  }
  return charges;
};

export function chunks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / chunkBytes));
}
