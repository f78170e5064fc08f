import {
  GetSubscriptionAttributesCommand,
  NotFoundException,
  paginateListSubscriptions,
  type SNSClient,
} from '@aws-sdk/client-sns';
import { inParallel } from '../queues/in-parallel.ts';
import { parseQueueAddress } from '../queues/queue-address.ts';
import type { DeadLetteringSubscription, Subscriptions } from '../queues/subscriptions.ts';
import { request } from './aws-faults.ts';
import { type AwsConnection, given } from './connection.ts';
import { permissions } from './permissions.ts';
import { deadLetterTarget } from './sqs-queues.ts';

/** Subscriptions of SNS, or of whatever speaks its protocol. */
export class SnsSubscriptions implements Subscriptions {
  readonly #aws: AwsConnection;

  constructor(aws: AwsConnection) {
    this.#aws = aws;
  }

  async deadLetteringTo(queueArn: string): Promise<readonly DeadLetteringSubscription[]> {
    const all = await this.#deadLettering(parseQueueAddress(queueArn).region);
    return all.filter(({ deadLetterQueueArn }) => deadLetterQueueArn === queueArn);
  }

  deadLettering(): Promise<readonly DeadLetteringSubscription[]> {
    return this.#deadLettering(undefined);
  }

  /** SNS has no search by DLQ, so each subscription is asked. */
  async #deadLettering(region: string | undefined): Promise<readonly DeadLetteringSubscription[]> {
    const sns = this.#aws.sns(region);
    const asked = await inParallel(await this.#confirmed(sns), arn => this.#withDeadLetterQueue(sns, arn));
    return asked
      .filter(subscription => subscription !== undefined)
      .sort((a, b) => a.endpoint.localeCompare(b.endpoint));
  }

  async #confirmed(sns: SNSClient): Promise<string[]> {
    const arns: string[] = [];
    const pages = paginateListSubscriptions({ client: sns }, {});
    await request(
      this.#about('ListSubscriptions', 'the region'),
      (async () => {
        for await (const { Subscriptions: page = [] } of pages) {
          // One that waits for confirmation has no ARN yet, and has delivered nothing.
          arns.push(
            ...page.map(({ SubscriptionArn = '' }) => SubscriptionArn).filter(arn => arn.startsWith('arn:')),
          );
        }
      })(),
    );
    return arns;
  }

  async #withDeadLetterQueue(sns: SNSClient, arn: string): Promise<DeadLetteringSubscription | undefined> {
    const { Attributes = {} } = await request(
      this.#about('GetSubscriptionAttributes', arn),
      sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn })).catch(unlessDeletedMeanwhile),
    );
    const deadLetterQueueArn = deadLetterTarget(Attributes.RedrivePolicy);
    if (!deadLetterQueueArn) return undefined;
    return {
      arn,
      topicArn: given(Attributes.TopicArn, 'TopicArn'),
      protocol: given(Attributes.Protocol, 'Protocol'),
      endpoint: given(Attributes.Endpoint, 'Endpoint'),
      deadLetterQueueArn,
    };
  }

  #about(action: string, on: string) {
    return { action, on, permissions: permissions.subscriptions, endpoint: this.#aws.endpoint('SNS') };
  }
}

function unlessDeletedMeanwhile(fault: unknown): { readonly Attributes?: never } {
  if (fault instanceof NotFoundException) return {};
  throw fault;
}
