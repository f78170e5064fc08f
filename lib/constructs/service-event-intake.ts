import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IDependable } from 'constructs';
import type { ServiceEventRule } from '../../contracts/service-events.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { type DeliverySource, deliveredFor } from './delivery-source.ts';
import type { DurableQueue } from './durable-queue.ts';
import { validateProps } from './validation.ts';

export interface ServiceEventIntakeProps {
  /** Standard queue that the events come to. */
  readonly queue: DurableQueue;
}

/** Service principal of EventBridge's rules. */
const eventBridge = 'events.amazonaws.com';

/** EventBridge's own limits, and so the longest that it tries: a day. */
const retryPolicy = {
  maximumEventAgeInSeconds: Duration.hours(24).toSeconds(),
  maximumRetryAttempts: 185,
};

/**
 * Way in of what AWS services tell: rules on the account's default bus that put events on a queue, as events of
 * ours, and a DLQ for what EventBridge cannot put there.
 *
 * Queue, DLQ and their key admit EventBridge for this stack's rules alone. A rule's name is not known before
 * there is the queue that it sends to, so they are admitted by what CloudFormation begins their names with.
 *
 * @throws PropsError when the queue is FIFO.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export class ServiceEventIntake extends Construct {
  readonly rules: events.Rule[] = [];
  /** What EventBridge could not put on the queue. */
  readonly undelivered: DeadLetterQueue;
  readonly #queue: DurableQueue;
  readonly #admissions: readonly IDependable[];

  constructor(scope: Construct, id: string, { queue }: ServiceEventIntakeProps) {
    validateProps(scope, id, [
      {
        prop: 'queue',
        value: queue.queue.fifo ? 'a FIFO queue' : 'a standard queue',
        holds: !queue.queue.fifo,
        allowed: 'a standard queue',
        remedy: 'EventBridge keeps no order that a FIFO queue could.',
      },
    ]);
    super(scope, id);
    const stack = Stack.of(this);
    const rules: DeliverySource = {
      sourceArn: stack.formatArn({
        service: 'events',
        resource: 'rule',
        resourceName: `${stack.stackName}-*`,
      }),
      sourceAccount: stack.account,
    };
    this.#queue = queue;
    this.undelivered = new DeadLetterQueue(this, 'Undelivered', { key: queue.key });
    const { policyDependable } = this.undelivered.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['sqs:SendMessage'],
        principals: [new iam.ServicePrincipal(eventBridge)],
        resources: [this.undelivered.queueArn],
        conditions: deliveredFor(rules),
      }),
    );
    this.#admissions = [queue.admit(eventBridge, rules), ...(policyDependable ? [policyDependable] : [])];
  }

  /**
   * Takes the events of a rule.
   *
   * @param detail what their detail must be beside what the rule says: of this bucket, of that cluster.
   */
  take(rule: ServiceEventRule, detail: Readonly<Record<string, unknown>> = {}): void {
    const { source, detailType, detail: stated } = rule.pattern;
    const narrowed = { ...stated, ...detail };
    const made = new events.Rule(this, constructId(rule.type), {
      description: `Puts ${detailType.join(', ')} on the queue as ${rule.type}`,
      eventPattern: {
        source: [...source],
        detailType: [...detailType],
        ...(Object.keys(narrowed).length > 0 && { detail: narrowed }),
      },
      targets: [{ bind: () => this.#targetOf(rule) }],
    });
    made.node.addDependency(...this.#admissions);
    this.rules.push(made);
  }

  #targetOf({ type, paths }: ServiceEventRule): events.RuleTargetConfig {
    const fields = Object.entries(paths).map(([name, path]) => [name, events.EventField.fromPath(path)]);
    return {
      arn: this.#queue.queue.queueArn,
      input: events.RuleTargetInput.fromObject({ event_type: type, ...Object.fromEntries(fields) }),
      deadLetterConfig: { arn: this.undelivered.queueArn },
      retryPolicy,
      targetResource: this.#queue.queue,
    };
  }
}

/** `task_stopped` is made as `TaskStopped`. */
function constructId(type: string): string {
  return type.replaceAll(/(?:^|_)(\w)/g, (_, first: string) => first.toUpperCase());
}
