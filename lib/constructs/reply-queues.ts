import { Fn, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import type { DurableQueue } from './durable-queue.ts';
import type { MessageFunction } from './message-function.ts';
import { placeName } from './place-name.ts';
import { validateProps } from './validation.ts';

export interface ReplyQueuesProps {
  /** The queue of the requests: reply queues have the same address but for their name. */
  readonly requests: DurableQueue;
}

/** What SQS allows for a name, less the id that a producer adds to the prefix. */
const longestPrefix = 80 - 36;

/**
 * Queues that are not here yet: each producer makes one of its own when it starts, and deletes it when it
 * stops. Known beforehand is what their names begin with, and only that is granted.
 *
 * @throws PropsError when the prefix leaves no place for an id.
 */
export class ReplyQueues extends Construct {
  /** What the names begin with: `travel-search-replies-`. */
  readonly prefix: string;
  /** What the URLs begin with. */
  readonly urlPrefix: string;
  /** What the ARNs begin with. */
  readonly arnPrefix: string;

  constructor(scope: Construct, id: string, props: ReplyQueuesProps) {
    const prefix = `${placeName(scope, id)}-`;
    validateProps(scope, id, [
      {
        prop: 'prefix of queue names',
        value: prefix,
        holds: prefix.length <= longestPrefix && /^[\w-]+$/.test(prefix),
        allowed: `up to ${longestPrefix} letters, digits, hyphens and underscores`,
        remedy: 'It is made of the ids of the construct and of those around it: give them others.',
      },
    ]);
    super(scope, id);
    this.prefix = prefix;
    this.arnPrefix = Stack.of(this).formatArn({ service: 'sqs', resource: prefix });
    const { queue } = props.requests;
    this.urlPrefix = Fn.join('', [Fn.select(0, Fn.split(nameOf(props.requests), queue.queueUrl)), prefix]);
  }

  /** Lets a producer make its queue, tag it, take replies from it and delete it. */
  grantOwn(role: iam.Role): void {
    this.#grant(role, role, [
      'sqs:CreateQueue',
      'sqs:TagQueue',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:DeleteQueue',
    ]);
  }

  /** Lets a consumer of requests reply to them. */
  grantReply(role: iam.Role): void {
    this.#grant(role, role, ['sqs:SendMessage']);
  }

  /** Lets a janitor find those that nobody owns any more, and delete them. */
  grantTidy(janitor: MessageFunction): void {
    const grantee = janitor.function;
    this.#grant(grantee, janitor, ['sqs:GetQueueAttributes', 'sqs:ListQueueTags', 'sqs:DeleteQueue']);
    // Queues are listed for a whole account or not at all.
    iam.Grant.addToPrincipal({ grantee, actions: ['sqs:ListQueues'], resourceArns: ['*'] });
  }

  #grant(grantee: iam.IGrantable, owner: IConstruct, actions: string[]): void {
    iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [`${this.arnPrefix}*`] });
    Validations.of(owner).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:${this.prefix}*]`,
      reason:
        'Each producer makes a queue of its own when it starts: of its name, only the beginning is known',
    });
  }
}

/** The name that a queue gave itself, which stands in its URL. */
function nameOf({ queue }: DurableQueue): string {
  const resource = queue.node.defaultChild;
  if (!(resource instanceof CfnQueue) || resource.queueName === undefined) {
    throw new Error(`${queue.node.path} has no name of its own`);
  }
  return resource.queueName;
}
