import { Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct, IDependable } from 'constructs';
import type { EnvironmentSchema } from '../../contracts/environment.ts';
import type { BrokerEngine } from './broker/broker-engine.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { MessageBroker } from './message-broker.ts';
import { MessageFunction, type MessageFunctionProps } from './message-function.ts';
import type { MessageKey } from './message-key.ts';
import type { EndpointService } from './network/endpoint-services.ts';
import { grantSend } from './queue-grants.ts';
import { validateProps, within } from './validation.ts';

export interface BrokerConsumerProps<Schema extends EnvironmentSchema>
  extends Omit<MessageFunctionProps<Schema>, 'environment'> {
  readonly broker: MessageBroker;

  /** Queue on the broker; it must be there before the function asks for it. */
  readonly queueName: string;

  /** What declares the queue, and is deployed first. */
  readonly declaredBy: IDependable;

  /** The function's variables, with the URL of the queue for what it can never handle. */
  readonly environment: (rejects: sqs.IQueue) => MessageFunctionProps<Schema>['environment'];

  /** Encrypts what can never be handled, where that waits. */
  readonly key: MessageKey;

  /**
   * Most messages in one invocation, 1 to 10,000. They succeed or come back together.
   *
   * @default 10
   */
  readonly batchSize?: number;
}

/** Calls by which Lambda finds its way into the broker's network, and which no resource narrows. */
const looks = ['DescribeNetworkInterfaces', 'DescribeSecurityGroups', 'DescribeSubnets', 'DescribeVpcs'];

/**
 * Function that takes a broker's messages in batches. It is outside the network: Lambda's pollers are inside, in
 * the broker's subnets and with its security group, and they act under the function's role.
 *
 * A batch is acknowledged or comes back as a whole, so that what can never be handled would hold up all that is
 * behind it: the function puts it into {@link rejects}, and takes it for done.
 *
 * @throws PropsError when a prop is out of range, or the network lacks an endpoint that the pollers call.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
 */
export class BrokerConsumer<
  Schema extends EnvironmentSchema = EnvironmentSchema,
> extends MessageFunction<Schema> {
  /** Services that the network of a broker must have endpoints of: those that its pollers call. */
  static servicesFor({ engineType }: Pick<BrokerEngine, 'engineType'>): readonly EndpointService[] {
    return ['lambda', 'secretsmanager', ...(engineType === 'ACTIVEMQ' ? (['sts'] as const) : [])];
  }

  readonly broker: MessageBroker;
  /** Where messages wait for a person that can never be handled. */
  readonly rejects: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: BrokerConsumerProps<Schema>) {
    const { broker, key } = props;
    const batchSize = props.batchSize ?? 10;
    const needed = BrokerConsumer.servicesFor(broker.engine);
    const lacking = broker.network.lacking(needed);
    validateProps(scope, id, [
      {
        prop: 'batchSize',
        value: batchSize,
        holds: Number.isInteger(batchSize) && within(batchSize, 1, 10_000),
        allowed: 'a whole number from 1 to 10,000',
        remedy: 'Lambda takes no other.',
      },
      {
        prop: "network's services",
        value: `without ${lacking.join(', ')}`,
        holds: lacking.length === 0,
        allowed: `endpoints of ${needed.join(', ')}`,
        remedy: 'The pollers would take messages and invoke nobody.',
      },
    ]);
    const rejects = new DeadLetterQueue(scope, `${id}Rejects`, { key });
    // No queue names it as its DLQ, so that it is held to what holds of every queue.
    (rejects.node.defaultChild as sqs.CfnQueue).receiveMessageWaitTimeSeconds = 20;
    super(scope, id, { ...props, environment: props.environment(rejects) });

    this.broker = broker;
    this.rejects = rejects;
    grantSend(this.function, { queue: rejects, key });
    const polling = this.#letPoll();
    const mapping = new lambda.CfnEventSourceMapping(this, 'Mapping', {
      eventSourceArn: broker.brokerArn,
      functionName: this.function.functionName,
      queues: [props.queueName],
      batchSize,
      sourceAccessConfigurations: [
        { type: 'BASIC_AUTH', uri: broker.secretArn },
        ...(broker.engine.engineType === 'RABBITMQ' ? [{ type: 'VIRTUAL_HOST', uri: '/' }] : []),
      ],
    });
    mapping.node.addDependency(props.declaredBy, broker.network);
    polling.applyBefore(mapping);
    const reason = 'What can never be handled goes to a queue of its own, what may succeed comes again';
    Validations.of(this).acknowledge(
      { id: 'Serverless::Serverless-LambdaDLQ', reason },
      { id: 'Serverless::Serverless-LambdaEventSourceMappingDestination', reason },
    );
  }

  /**
   * What the pollers do under the function's role. Lambda asks for each of it when the mapping is made, and makes
   * none where one is missing.
   */
  #letPoll(): iam.Grant {
    const { broker } = this;
    const stack = Stack.of(this);
    const role = this.function;
    const ec2Arn = (resource: string, resourceName: string) =>
      stack.formatArn({ service: 'ec2', resource, resourceName });
    const grant = (actions: string[], resourceArns: string[]) =>
      iam.Grant.addToPrincipal({ grantee: role, actions, resourceArns });
    const interfaces = ec2Arn('network-interface', '*');
    Validations.of(role.role as iam.IRole).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:network-interface/*]`,
      reason: 'An interface has no name before Lambda makes it; subnets and security group are named',
    });
    return (
      // Where the broker is, and who to be there.
      grant(['mq:DescribeBroker'], [broker.brokerArn])
        .combine(broker.grantCredentials(role))
        // An interface for the pollers, in the broker's subnets and with its group, and nowhere else.
        .combine(
          grant(
            ['ec2:CreateNetworkInterface'],
            [
              interfaces,
              ...broker.subnetIds.map(subnetId => ec2Arn('subnet', subnetId)),
              ec2Arn('security-group', broker.securityGroup.securityGroupId),
            ],
          ),
        )
        .combine(grant(['ec2:DeleteNetworkInterface'], [interfaces]))
        // To see whether there is an interface already; EC2 knows no resources for it.
        .combine(
          grant(
            looks.map(action => `ec2:${action}`),
            ['*'],
          ),
        )
    );
  }
}
