import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { parseEnvironment } from '../../contracts/environment.ts';
import { janitorEnvironment } from '../../contracts/travel-search.ts';
import { orphanDeletion } from './orphan-deletion.ts';
import { SqsReplyQueues } from './reply-queues.ts';

const environment = parseEnvironment(janitorEnvironment, process.env);

export const handler = orphanDeletion({
  queues: new SqsReplyQueues(environment.REPLY_QUEUE_PREFIX),
  orphanedAfterMs: environment.ORPHANED_AFTER_SECONDS * 1_000,
  logger: new Logger(),
  metrics: new Metrics(),
});
