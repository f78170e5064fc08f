import type { AddressInfo } from 'node:net';
import { DynamoDb } from './dynamodb/dynamodb.ts';
import { type Fauxqs, fixQueueUrls, loadFauxqs } from './fauxqs.ts';
import type { MessageStore } from './message-store.ts';
import { explainPortFault } from './port-taken.ts';
import { routeRequests } from './request-routing.ts';
import { FanOut } from './sns/fan-out.ts';
import { Publisher } from './sns/publish.ts';
import { QueueDelivery } from './sns/queue-delivery.ts';
import { listDeadLetterSourceQueues } from './sqs/dead-letter-sources.ts';
import { MoveTasks } from './sqs/move-tasks.ts';
import { receiveMessage } from './sqs/receive-message.ts';
import { refineQueues } from './sqs/refined-queues.ts';

export interface EndpointOptions {
  /** Port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Region of requests that are not signed. */
  readonly region: string;
}

/** A running AWS wire endpoint. */
export interface Endpoint {
  /** `http://127.0.0.1:4566`. */
  readonly url: string;
  readonly store: MessageStore;
  readonly fanOut: Pick<FanOut, 'onOutcome' | 'invokeFunction' | 'settled'>;
  close(): Promise<void>;
}

/**
 * Serves SQS, SNS, S3 and DynamoDB on one port of 127.0.0.1.
 *
 * @throws PortTakenError where another program listens there.
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const fauxqs = await loadFauxqs(options.region);
  const dynamoDb = new DynamoDb(options.region);
  const moveTasks = new MoveTasks(fauxqs.queues);
  const fanOut = new FanOut(fauxqs.topics, new QueueDelivery(fauxqs));
  const publisher = new Publisher(fauxqs.topics, fanOut);
  refineQueues(fauxqs.queues);
  routeRequests(fauxqs.app, {
    dynamoDb,
    region: options.region,
    json: new Map([
      ['AmazonSQS.ReceiveMessage', receiveMessage(fauxqs.queues, fauxqs.actions)],
      ['AmazonSQS.ListDeadLetterSourceQueues', listDeadLetterSourceQueues(fauxqs.queues)],
      ['AmazonSQS.StartMessageMoveTask', moveTasks.start],
      ['AmazonSQS.ListMessageMoveTasks', moveTasks.list],
      ['AmazonSQS.CancelMessageMoveTask', moveTasks.cancel],
    ]),
    query: new Map([
      ['Publish', publisher.publish],
      ['PublishBatch', publisher.publishBatch],
    ]),
  });
  const url = await listen(fauxqs, options.port);
  fixQueueUrls(fauxqs.queues, url);
  return {
    url,
    store: { queues: fauxqs.queues, topics: fauxqs.topics },
    fanOut,
    close: async () => {
      moveTasks.stop();
      await fauxqs.app.close();
      await dynamoDb.close();
    },
  };
}

async function listen({ app }: Fauxqs, port: number): Promise<string> {
  try {
    await app.listen({ port, host: '127.0.0.1' });
  } catch (fault) {
    throw explainPortFault(fault, port, 'AWS endpoint', '--port');
  }
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}
