import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { parseEnvironment } from '../../contracts/environment.ts';
import { redriverEnvironment } from '../../contracts/redriver.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { SqsRedriveQueues } from './redrive-queues.ts';
import { redriveStates } from './redrive-states.ts';
import { redriving } from './redriving.ts';

const environment = parseEnvironment(redriverEnvironment, process.env);
const [{ queue_url: anyQueueUrl } = { queue_url: '' }] = environment.ROUTES;

export const handler = redriving({
  routes: environment.ROUTES,
  queues: SqsRedriveQueues.at(anyQueueUrl),
  states: redriveStates(documentClient(), environment.TABLE_NAME),
  mode: environment.MODE,
  limits: {
    probe: environment.PROBE_SIZE,
    portion: environment.PORTION_SIZE,
    settleMs: environment.SETTLE_SECONDS * 1_000,
  },
  logger: new Logger(),
  metrics: new Metrics(),
});
