import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { deliveredFor } from './delivery-source.ts';
import type { DurableQueue } from './durable-queue.ts';
import type { MessageFunction } from './message-function.ts';
import { grantSend } from './queue-grants.ts';
import { validateProps, within } from './validation.ts';

/** A definition in the Amazon States Language, as Step Functions runs it; values may be known at deployment only. */
export interface WorkflowDefinition {
  readonly Comment: string;
  readonly StartAt: string;
  /** How long an execution may take in all, in seconds. What is over it is stopped where it is. */
  readonly TimeoutSeconds: number;
  readonly States: Readonly<Record<string, object>>;
}

export interface WorkflowProps {
  readonly definition: WorkflowDefinition;

  /** The functions that its states invoke. */
  readonly invokes: readonly MessageFunction[];

  /** The queues that its states send to. */
  readonly sendsTo: readonly DurableQueue[];

  /** @default RetentionDays.ONE_WEEK */
  readonly logRetention?: logs.RetentionDays;

  /** @default RemovalPolicy.RETAIN */
  readonly logRemovalPolicy?: RemovalPolicy;
}

const longestExecution = 31_536_000;

/**
 * Standard state machine: each step is recorded, and is done once unless it says that it is tried again. It may
 * invoke the functions and send to the queues that it names, and nothing else. Its log tells of every step, without
 * what executions are given and give: that is in their history, for 90 days.
 *
 * @throws PropsError when executions may go on for ever.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
 */
export class Workflow extends Construct {
  readonly machine: sfn.StateMachine;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    const { definition } = props;
    validateProps(scope, id, [
      {
        prop: 'definition.TimeoutSeconds',
        value: definition.TimeoutSeconds,
        holds:
          Number.isInteger(definition.TimeoutSeconds) &&
          within(definition.TimeoutSeconds, 1, longestExecution),
        allowed: '1 second to 1 year',
        remedy: 'More than all states with their retries take together: no state is entered after it.',
      },
    ]);
    super(scope, id);
    const stack = Stack.of(this);
    const role = new iam.Role(this, 'Role', {
      description: `What the workflow ${id} of ${stack.stackName} may do`,
      // The machine's own ARN would close a circle: the machine is made after the role.
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', {
        conditions: deliveredFor({
          sourceArn: stack.formatArn({
            service: 'states',
            resource: 'stateMachine',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
          sourceAccount: stack.account,
        }),
      }),
    });
    for (const { function: invoked } of props.invokes) {
      iam.Grant.addToPrincipal({
        grantee: role,
        actions: ['lambda:InvokeFunction'],
        resourceArns: [invoked.functionArn],
      });
    }
    for (const queue of props.sendsTo) grantSend(role, queue);

    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_WEEK,
      removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.machine = new sfn.StateMachine(this, 'Machine', {
      comment: definition.Comment,
      definitionBody: sfn.DefinitionBody.fromString(stack.toJsonString(definition)),
      role,
      tracingEnabled: true,
      logs: { destination: this.logGroup, level: sfn.LogLevel.ALL, includeExecutionData: false },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'Neither the delivery of logs nor X-Ray has resources that a permission could name',
    });
    for (const invoked of props.invokes) {
      Validations.of(invoked).acknowledge({
        id: 'Serverless::Serverless-LambdaDLQ',
        reason: 'The workflow hears of a failure, and tries again or compensates: nothing is left to keep',
      });
    }
  }

  /** Lets a function start executions, and see what one of a name in use was started with. */
  grantStart(starter: MessageFunction): void {
    const { machine } = this;
    iam.Grant.addToPrincipal({
      grantee: starter.function,
      actions: ['states:StartExecution'],
      resourceArns: [machine.stateMachineArn],
    });
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${machine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    iam.Grant.addToPrincipal({
      grantee: starter.function,
      actions: ['states:DescribeExecution'],
      resourceArns: [executions],
    });
    const machineId = Stack.of(this).getLogicalId(machine.node.defaultChild as sfn.CfnStateMachine);
    Validations.of(starter).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${machineId}.Name>:*]`,
      reason: 'Executions are made when the function runs, one for each order: only their machine is known',
    });
  }

  /** Lets a function answer the tasks that executions wait for. */
  grantAnswer(
    worker: MessageFunction,
    ...answers: readonly ('SendTaskHeartbeat' | 'SendTaskSuccess' | 'SendTaskFailure')[]
  ): void {
    iam.Grant.addToPrincipal({
      grantee: worker.function,
      actions: answers.map(answer => `states:${answer}`),
      resourceArns: [this.machine.stateMachineArn],
    });
  }
}
