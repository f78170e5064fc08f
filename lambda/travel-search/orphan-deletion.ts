import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { orphansDeletedMetric } from '../../contracts/replies.ts';
import { errorFrom } from '../shared/failures.ts';
import { isOrphan, silenceOf } from './domain/orphan.ts';
import type { ReplyQueues } from './reply-queues.ts';

export interface OrphanDeletionOptions {
  readonly queues: ReplyQueues;
  readonly orphanedAfterMs: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now?: () => Date;
}

/** Some queues could not be looked at or deleted; all others were. */
export class QueuesLeftError extends Error {
  override readonly name = 'QueuesLeftError';
}

/** With less of the invocation than this left, the rest is for the next one. */
const leastMs = 5_000;

/**
 * Makes a handler that deletes the reply queues whose owners died without doing it themselves.
 *
 * @throws QueuesLeftError at the end, so that the invocation counts as failed.
 */
export function orphanDeletion(options: OrphanDeletionOptions) {
  const { queues, orphanedAfterMs, logger, metrics, now = () => new Date() } = options;

  async function deleteIfOrphan(url: string): Promise<boolean> {
    const found = await queues.look(url);
    if (found === undefined || !isOrphan(found, now(), orphanedAfterMs)) return false;
    await queues.delete(url);
    logger.info('Orphan deleted', {
      outcome: 'orphan_deleted',
      queue_url: url,
      owner: found.owner,
      silent_s: Math.round(silenceOf(found, now()) / 1_000),
    });
    return true;
  }

  return async (_event: unknown, context: Context): Promise<void> => {
    logger.addContext(context);
    let [looked, deleted] = [0, 0];
    const failures: Error[] = [];
    for await (const url of queues.urls()) {
      if (context.getRemainingTimeInMillis() < leastMs) {
        logger.warn('No time for the rest: the next invocation looks at it', { looked_at: looked });
        break;
      }
      looked += 1;
      try {
        if (await deleteIfOrphan(url)) deleted += 1;
      } catch (thrown) {
        const error = errorFrom(thrown);
        failures.push(error);
        logger.error('Reply queue left', { queue_url: url, error });
      }
    }
    logger.info('Reply queues looked at', { outcome: 'looked_at', looked_at: looked, deleted });
    metrics.addMetric(orphansDeletedMetric, MetricUnit.Count, deleted);
    metrics.publishStoredMetrics();
    if (failures.length > 0) {
      throw new QueuesLeftError(
        `${failures.length} of ${looked} reply queues could not be looked at or deleted: ${failures[0]?.message}`,
        { cause: failures[0] },
      );
    }
  };
}
