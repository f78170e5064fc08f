import {
  GetSubscriptionAttributesCommand,
  NotFoundException,
  paginateListSubscriptions,
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
    // SNS has no search by DLQ, so each subscription is asked.
    const arns = await this.#confirmed(queueArn);
    const asked = await inParallel(arns, arn => this.#deadLetteringTo(queueArn, arn));
    const found = asked.filter(subscription => subscription !== undefined);
    return found.sort((a, b) => a.endpoint.localeCompare(b.endpoint));
  }

  async #confirmed(queueArn: string): Promise<string[]> {
    const arns: string[] = [];
    const pages = paginateListSubscriptions({ client: this.#sns(queueArn) }, {});
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

  async #deadLetteringTo(queueArn: string, arn: string): Promise<DeadLetteringSubscription | undefined> {
    const { Attributes = {} } = await request(
      this.#about('GetSubscriptionAttributes', arn),
      this.#sns(queueArn)
        .send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }))
        .catch(unlessDeletedMeanwhile),
    );
    if (deadLetterTarget(Attributes.RedrivePolicy) !== queueArn) return undefined;
    return {
      arn,
      topicArn: given(Attributes.TopicArn, 'TopicArn'),
      protocol: given(Attributes.Protocol, 'Protocol'),
      endpoint: given(Attributes.Endpoint, 'Endpoint'),
    };
  }

  #sns(queueArn: string) {
    return this.#aws.sns(parseQueueAddress(queueArn).region);
  }

  #about(action: string, on: string) {
    return { action, on, permissions: permissions.subscriptions, endpoint: this.#aws.endpoint('SNS') };
  }
}

function unlessDeletedMeanwhile(fault: unknown): { readonly Attributes?: never } {
  if (fault instanceof NotFoundException) return {};
  throw fault;
}
