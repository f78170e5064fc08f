import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentInput, EnvironmentSchema } from '../../contracts/environment.ts';
import { bundledCode } from './bundled-code.ts';
import { givenVariables } from './given-variables.ts';
import { validateProps, within } from './validation.ts';

export interface MessageFunctionProps<Schema extends EnvironmentSchema> {
  /** Entry point from the repository's root, `lambda/order-processing/payment.ts`; exports `handler`. */
  readonly entry: string;

  /** What the function reads from its environment; types {@link environment}. */
  readonly environmentSchema: Schema;
  readonly environment: EnvironmentInput<Schema>;

  readonly description: string;

  /** Name of the function in its logs and metrics, `payment`. */
  readonly serviceName: string;

  /** CloudWatch namespace of the metrics that the function emits. */
  readonly metricsNamespace: string;

  /**
   * How long one invocation may take, 1 second to 15 minutes.
   *
   * @default Duration.seconds(15)
   */
  readonly timeout?: Duration;

  /**
   * Memory in MiB, 128 to 10,240; processing power grows with it.
   *
   * @default 256
   */
  readonly memorySize?: number;

  /** @default RetentionDays.ONE_WEEK */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the logs when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly logRemovalPolicy?: RemovalPolicy;
}

/**
 * Lambda function on the newest Node.js runtime, with a log group and a role of its own that may write
 * there and send traces, and nothing else until something is granted.
 *
 * @throws PropsError when a prop is out of the range that Lambda allows.
 */
export class MessageFunction<Schema extends EnvironmentSchema = EnvironmentSchema> extends Construct {
  readonly function: lambda.Function;
  readonly timeout: Duration;
  readonly serviceName: string;
  readonly metricsNamespace: string;
  #trigger: Construct | undefined;

  constructor(scope: Construct, id: string, props: MessageFunctionProps<Schema>) {
    const timeout = props.timeout ?? Duration.seconds(15);
    const memorySize = props.memorySize ?? 256;
    validateProps(scope, id, [
      {
        prop: 'timeout',
        value: `${timeout.toSeconds()} s`,
        holds: within(timeout.toSeconds(), 1, 900),
        allowed: '1 second to 15 minutes',
        remedy: 'Give work that takes longer to a worker fleet.',
      },
      {
        prop: 'memorySize',
        value: memorySize,
        holds: Number.isInteger(memorySize) && within(memorySize, 128, 10_240),
        allowed: 'a whole number of MiB from 128 to 10,240',
        remedy: 'Most message handlers do well with 256.',
      },
    ]);
    super(scope, id);

    this.timeout = timeout;
    this.serviceName = props.serviceName;
    this.metricsNamespace = props.metricsNamespace;
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_WEEK,
      removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
    });
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${props.entry} may do in ${Stack.of(this).stackName}`,
    });
    logGroup.grantWrite(role);
    this.function = new lambda.Function(this, 'Function', {
      description: props.description,
      code: bundledCode(props.entry),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      environment: {
        ...givenVariables(props.environment),
        POWERTOOLS_SERVICE_NAME: props.serviceName,
        POWERTOOLS_METRICS_NAMESPACE: props.metricsNamespace,
      },
      timeout,
      memorySize,
      role,
      logGroup,
      tracing: lambda.Tracing.ACTIVE,
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources that a permission to send traces could name',
    });
  }

  /** What makes the function run, a queue or an API, whose alarms are signs of the same faults; or only itself. */
  get trigger(): Construct {
    return this.#trigger ?? this;
  }

  /** Says what makes the function run. */
  triggeredBy(source: Construct): void {
    this.#trigger = source;
  }
}
