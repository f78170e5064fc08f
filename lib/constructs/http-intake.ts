import { Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpAlbIntegration, HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { MessageFunction } from './message-function.ts';
import { validateProps, within } from './validation.ts';
import type { WebService } from './web-service.ts';

export interface HttpIntakeProps {
  /** Requests a second, on average, before callers get 429; 1 to 10,000. */
  readonly ratePerSecond: number;

  /** Requests at once above the rate; 1 to 5,000. */
  readonly burst: number;

  /**
   * Why anybody may call: senders that cannot sign with IAM, as a rule, and a function that tells for itself
   * who sends.
   *
   * @default - nobody may: callers sign their requests
   */
  readonly publicBecause?: string;

  /** Name of the API in the console. @default - the name of the stack */
  readonly apiName?: string;

  /** @default RetentionDays.ONE_WEEK */
  readonly logRetention?: logs.RetentionDays;

  /** @default RemovalPolicy.RETAIN */
  readonly logRemovalPolicy?: RemovalPolicy;
}

/** What the access log keeps of a request. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    caller: '$context.identity.userArn',
    sourceIp: '$context.identity.sourceIp',
    responseLength: '$context.responseLength',
    latencyInMs: '$context.responseLatency',
    integrationError: '$context.integrationErrorMessage',
  }),
);

/**
 * Way in over HTTP: an API whose callers sign their requests (IAM) unless it says why not, throttled as a
 * whole, with an access log.
 *
 * @throws PropsError when a limit is out of range.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
 */
export class HttpIntake extends Construct {
  readonly api: apigateway.HttpApi;
  readonly url: string;

  constructor(scope: Construct, id: string, props: HttpIntakeProps) {
    validateProps(scope, id, [
      {
        prop: 'ratePerSecond',
        value: props.ratePerSecond,
        holds: within(props.ratePerSecond, 1, 10_000),
        allowed: '1 to 10,000 requests a second',
        remedy: 'An account has 10,000 a second in all, unless AWS raised it.',
      },
      {
        prop: 'burst',
        value: props.burst,
        holds: within(props.burst, 1, 5_000),
        allowed: '1 to 5,000 requests',
        remedy: 'An account has a burst of 5,000 in all.',
      },
    ]);
    super(scope, id);

    this.api = new apigateway.HttpApi(this, 'Api', {
      apiName: props.apiName ?? Stack.of(this).stackName,
      createDefaultStage: false,
      defaultAuthorizer:
        props.publicBecause === undefined ? new HttpIamAuthorizer() : new apigateway.HttpNoneAuthorizer(),
    });
    const accessLog = new logs.LogGroup(this, 'AccessLog', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_WEEK,
      ...(props.logRemovalPolicy && { removalPolicy: props.logRemovalPolicy }),
    });
    const stage = new apigateway.HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle: { rateLimit: props.ratePerSecond, burstLimit: props.burst },
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(accessLog),
        format: accessLogFormat,
      },
    });
    this.url = stage.url;
    if (props.publicBecause !== undefined) {
      Validations.of(this).acknowledge({
        id: 'AwsSolutions::AwsSolutions-APIG4',
        reason: props.publicBecause,
      });
    }
  }

  /**
   * Sends the requests of a route, such as `POST /orders`, to a function.
   *
   * @throws PropsError when the function may still be at work after its caller was told that it failed.
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
   */
  route(method: apigateway.HttpMethod, path: string, target: MessageFunction): void {
    validateProps(this, `${method} ${path}`, [
      {
        prop: "function's timeout",
        value: `${target.timeout.toSeconds()} s`,
        holds: within(target.timeout.toSeconds(), 1, 29),
        allowed: '1 to 29 seconds: API Gateway answers 503 after 30',
        remedy: 'Put work that takes longer on a queue, and answer before it is done.',
      },
    ]);
    target.triggeredBy(this);
    this.api.addRoutes({
      methods: [method],
      path,
      integration: new HttpLambdaIntegration(`${target.node.id}Integration`, target.function),
    });
    Validations.of(target).acknowledge({
      id: 'Serverless::Serverless-LambdaDLQ',
      reason: 'Invoked synchronously: the caller hears of a failure, and nothing is left to keep',
    });
  }

  /**
   * Sends the requests of a route, such as `POST /searches`, to application servers in a network of their own.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
   */
  routeToService(method: apigateway.HttpMethod, path: string, target: WebService): void {
    this.api.addRoutes({
      methods: [method],
      path,
      integration: new HttpAlbIntegration(`${target.node.id}Integration`, target.listener, {
        vpcLink: target.link,
        // The longest that API Gateway waits: a server answers before, or has died.
        timeout: Duration.seconds(29),
      }),
    });
  }
}
