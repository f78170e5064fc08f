import { once } from 'node:events';
import { listenOn } from '../http-api/local-listener.ts';
import { DirectQueues } from './direct-queues.ts';
import { DynamoDb } from './dynamodb/dynamodb.ts';
import { EventBus } from './eventbridge/event-bus.ts';
import { fixQueueUrls, loadFauxqs } from './fauxqs.ts';
import { Invocations } from './invocations.ts';
import { Kms } from './kms/kms.ts';
import type { MessageStore } from './message-store.ts';
import { BucketNotifications } from './s3/bucket-notifications.ts';
import { NotificationDelivery } from './s3/notification-delivery.ts';
import { refineObjects } from './s3/refined-objects.ts';
import { ScheduleSender } from './scheduler/schedule-sender.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import { Secrets } from './secrets-manager/secrets.ts';
import { Ses } from './ses/ses.ts';
import { FanOut } from './sns/fan-out.ts';
import { HttpDelivery } from './sns/http-delivery.ts';
import { MessageSigner } from './sns/message-signer.ts';
import { Publisher } from './sns/publish.ts';
import { QueueDelivery } from './sns/queue-delivery.ts';
import { SubscriptionConfirmations } from './sns/subscription-confirmations.ts';
import { listDeadLetterSourceQueues } from './sqs/dead-letter-sources.ts';
import { sendMessage, sendMessageBatch } from './sqs/message-group-id.ts';
import { MoveTasks } from './sqs/move-tasks.ts';
import { receiveMessage } from './sqs/receive-message.ts';
import { refineQueues } from './sqs/refined-queues.ts';
import { ServiceDelivery } from './sqs/service-delivery.ts';
import { StepFunctions } from './step-functions/step-functions.ts';
import { wireServer } from './wire-server.ts';

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
  /** The queues from within this process, for those who call for every message. */
  readonly directQueues: DirectQueues;
  readonly fanOut: Pick<FanOut, 'onPublished' | 'onOutcome' | 'invokeFunction' | 'putRecord' | 'settled'>;
  readonly mail: Ses;
  readonly secrets: Secrets;
  readonly invocations: Invocations;
  readonly eventBus: EventBus;
  readonly stepFunctions: StepFunctions;
  close(): Promise<void>;
}

/**
 * Serves SQS, SNS, S3, DynamoDB, KMS, EventBridge and its Scheduler, Step Functions, SES and Secrets Manager on
 * one port of 127.0.0.1, and invokes functions.
 *
 * @throws PortUnavailable where another program listens there.
 */
export async function startEndpoint({ port, region }: EndpointOptions): Promise<Endpoint> {
  const fauxqs = await loadFauxqs(region);
  const { app, queues, topics, queueAction } = fauxqs;
  refineQueues(queues);
  const dynamoDb = new DynamoDb(region);
  const moveTasks = new MoveTasks(queues);
  const serviceDelivery = new ServiceDelivery(fauxqs);
  const scheduler = new Scheduler(new ScheduleSender(serviceDelivery));
  const eventBus = new EventBus(serviceDelivery);
  const signer = new MessageSigner();
  const http = new HttpDelivery({ topics, signer, endpoint: () => url });
  const confirmations = new SubscriptionConfirmations(topics, http);
  const fanOut = new FanOut(topics, new QueueDelivery(fauxqs), http);
  const publisher = new Publisher(topics, fanOut);
  const mail = new Ses((topicArn, message) => publisher.publishText(topicArn, message));
  const secrets = new Secrets();
  const invocations = new Invocations();
  const stepFunctions = new StepFunctions();
  refineObjects(fauxqs, new BucketNotifications(new NotificationDelivery(fauxqs, fanOut), eventBus, region));
  await app.ready();
  const queueActions = new Map([
    ['AmazonSQS.SendMessage', sendMessage(queues, queueAction('sendMessage'))],
    ['AmazonSQS.SendMessageBatch', sendMessageBatch(queues, queueAction('sendMessageBatch'))],
    ['AmazonSQS.ReceiveMessage', receiveMessage(queues, queueAction('receiveMessage'))],
    ['AmazonSQS.DeleteMessage', queueAction('deleteMessage')],
    ['AmazonSQS.DeleteMessageBatch', queueAction('deleteMessageBatch')],
    ['AmazonSQS.ChangeMessageVisibility', queueAction('changeMessageVisibility')],
    ['AmazonSQS.GetQueueAttributes', queueAction('getQueueAttributes')],
    ['AmazonSQS.ListDeadLetterSourceQueues', listDeadLetterSourceQueues(queues)],
    ['AmazonSQS.StartMessageMoveTask', moveTasks.start],
    ['AmazonSQS.ListMessageMoveTasks', moveTasks.list],
    ['AmazonSQS.CancelMessageMoveTask', moveTasks.cancel],
  ]);
  const server = wireServer({
    dynamoDb,
    region,
    json: new Map([
      ...queueActions,
      ...new Kms().actions,
      ...secrets.actions,
      ...eventBus.actions,
      ...stepFunctions.actions,
    ]),
    query: new Map([
      ['Publish', publisher.publish],
      ['PublishBatch', publisher.publishBatch],
      ['ConfirmSubscription', confirmations.confirm],
    ]),
    files: new Map([[signer.certificatePath, () => signer.certificate]]),
    rest: new Map([
      ['scheduler', scheduler.answer],
      ['ses', mail.answer],
      ['lambda', invocations.answer],
    ]),
    others: app,
  });
  const url = await listenOn(server, 'AWS endpoint', port);
  fixQueueUrls(queues, url);
  return {
    url,
    store: { queues, topics },
    directQueues: new DirectQueues(queueActions, region),
    fanOut,
    mail,
    secrets,
    invocations,
    eventBus,
    stepFunctions,
    close: async () => {
      moveTasks.stop();
      scheduler.stop();
      confirmations.stop();
      // Ends the receives that wait, so that their connections can close.
      await app.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await dynamoDb.close();
    },
  };
}
