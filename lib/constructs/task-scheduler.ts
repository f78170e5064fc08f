import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { deliveredFor } from './delivery-source.ts';
import type { DurableQueue } from './durable-queue.ts';
import type { MessageFunction } from './message-function.ts';
import { grantSend } from './queue-grants.ts';
import { validateProps } from './validation.ts';

export interface TaskSchedulerProps {
  /** Standard queue that schedules send to. */
  readonly queue: DurableQueue;

  /**
   * What becomes of the group when its stack is deleted, and of all its schedules with it.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Service principal of EventBridge Scheduler. */
const scheduler = 'scheduler.amazonaws.com';

/**
 * Metadata of a role under which schedules send that programs make when they run, so that no template has
 * them: what those say of their group and their target. The delivery proof reads it.
 */
const schedulesMetadata = 'messaging:schedules';

/**
 * What makes schedules of one queue possible: a group for them, the role that they send under, and a DLQ
 * for what they cannot send. The schedules themselves are made when programs run.
 *
 * Scheduler may assume the role for this group alone, and send to this queue and its DLQ alone.
 *
 * @throws PropsError when the queue is FIFO.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
export class TaskScheduler extends Construct {
  readonly group: CfnScheduleGroup;
  readonly role: iam.Role;
  /** What schedules could not send. */
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: TaskSchedulerProps) {
    const { queue, key } = props.queue;
    validateProps(scope, id, [
      {
        prop: 'queue',
        value: queue.fifo ? 'a FIFO queue' : 'a standard queue',
        holds: !queue.fifo,
        allowed: 'a standard queue',
        remedy: 'Messages of a FIFO queue have no delay of their own, and would wait in different ways.',
      },
    ]);
    super(scope, id);
    const stack = Stack.of(this);

    this.undelivered = new DeadLetterQueue(this, 'Undelivered', { key });
    this.group = new CfnScheduleGroup(this, 'Group');
    this.group.applyRemovalPolicy(props.removalPolicy ?? RemovalPolicy.RETAIN);
    this.role = new iam.Role(this, 'Role', {
      description: `What the schedules of ${stack.stackName} may do`,
      assumedBy: new iam.ServicePrincipal(scheduler, {
        conditions: deliveredFor({ sourceArn: this.group.attrArn, sourceAccount: stack.account }),
      }),
    });
    grantSend(this.role, props.queue);
    iam.Grant.addToPrincipal({
      grantee: this.role,
      actions: ['sqs:SendMessage'],
      resourceArns: [this.undelivered.queueArn],
    });
    const role = this.role.node.defaultChild as iam.CfnRole;
    role.addMetadata(schedulesMetadata, {
      GroupName: this.group.ref,
      Target: { Arn: queue.queueArn, DeadLetterConfig: { Arn: this.undelivered.queueArn } },
    });
  }

  /** Lets a function make, change and delete schedules of the group, and give them the role. */
  grantSchedule(owner: MessageFunction): void {
    const stack = Stack.of(this);
    const schedules = `schedule/${this.group.ref}/*`;
    iam.Grant.addToPrincipal({
      grantee: owner.function,
      actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
      resourceArns: [
        stack.formatArn({ service: 'scheduler', resource: schedules, arnFormat: ArnFormat.NO_RESOURCE_NAME }),
      ],
    });
    owner.function.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': scheduler } },
      }),
    );
    Validations.of(owner).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<${stack.getLogicalId(this.group)}>/*]`,
      reason: 'Schedules are made when programs run, one for each task: only their group is known',
    });
  }
}
