import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { HttpIntake, type HttpIntakeProps } from '../../../lib/constructs/http-intake.ts';
import { MessageFunction } from '../../../lib/constructs/message-function.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import {
  onlyResource,
  resourceOf,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';

function makeIntake(props: Partial<HttpIntakeProps> = {}) {
  const stack = testStack();
  const intake = new HttpIntake(stack, 'Intake', { ratePerSecond: 50, burst: 100, ...props });
  return { stack, intake };
}

function routed(timeout?: Duration, props: Partial<HttpIntakeProps> = {}) {
  const { stack, intake } = makeIntake(props);
  const target = new MessageFunction(stack, 'PlaceOrder', {
    description: 'Takes orders',
    entry: 'lambda/order-processing/place-order.ts',
    environmentSchema: v.object({}),
    environment: {},
    serviceName: 'place-order',
    metricsNamespace: 'OrderProcessing',
    ...(timeout && { timeout }),
  });
  intake.route(HttpMethod.POST, '/orders', target);
  return { stack, intake, target };
}

describe('HttpIntake', () => {
  it('is an HTTP API that goes by the name of its stack, deployed at once', () => {
    const { stack, intake } = makeIntake();
    expect(resourceOf(intake.api).Properties).toMatchObject({ Name: 'orders', ProtocolType: 'HTTP' });
    expect(onlyResource(stack, 'AWS::ApiGatewayV2::Stage').Properties).toMatchObject({
      ApiId: stack.resolve(intake.api.apiId),
      StageName: '$default',
      AutoDeploy: true,
    });
  });

  it('lets in whoever signs', () => {
    const { stack } = routed();
    const [[, route] = []] = resourcesOfType(templateOf(stack), 'AWS::ApiGatewayV2::Route');
    expect(route?.Properties.AuthorizationType).toBe('AWS_IAM');
  });

  it('lets in anybody only where it says why, under the name that it is given', () => {
    const { stack, intake } = routed(undefined, {
      publicBecause: 'Senders cannot sign',
      apiName: 'orders-crm',
    });
    const [[, route] = []] = resourcesOfType(templateOf(stack), 'AWS::ApiGatewayV2::Route');
    expect(route?.Properties.AuthorizationType).toBe('NONE');
    expect(resourceOf(intake.api).Properties).toMatchObject({ Name: 'orders-crm' });
    // Throttled as any other: anybody may call, and nobody as often as he likes.
    expect(onlyResource(stack, 'AWS::ApiGatewayV2::Stage').Properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    });
  });

  it('exposes the URL of its stage', () => {
    const { stack, intake } = makeIntake();
    expect(stack.resolve(intake.url)).toEqual({
      'Fn::Join': [
        '',
        [
          'https://',
          stack.resolve(intake.api.apiId),
          '.execute-api.',
          { Ref: 'AWS::Region' },
          '.',
          { Ref: 'AWS::URLSuffix' },
          '/',
        ],
      ],
    });
  });

  it('is throttled as a whole, and pays for no metric that nothing watches', () => {
    const { stack } = makeIntake({ ratePerSecond: 10_000, burst: 5_000 });
    expect(onlyResource(stack, 'AWS::ApiGatewayV2::Stage').Properties?.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 10_000,
      ThrottlingBurstLimit: 5_000,
    });
  });

  it('logs who called, what for and how it ended, for a week by default', () => {
    const { stack } = makeIntake();
    const [[groupId, group] = []] = resourcesOfType(templateOf(stack), 'AWS::Logs::LogGroup');
    const { AccessLogSettings } = onlyResource(stack, 'AWS::ApiGatewayV2::Stage').Properties as {
      AccessLogSettings: { DestinationArn: unknown; Format: string };
    };
    expect(AccessLogSettings.DestinationArn).toEqual({ 'Fn::GetAtt': [groupId, 'Arn'] });
    expect(JSON.parse(AccessLogSettings.Format)).toMatchObject({
      requestId: '$context.requestId',
      route: '$context.routeKey',
      status: '$context.status',
      caller: '$context.identity.userArn',
    });
    expect(group).toMatchObject({ Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Retain' });
  });

  it('keeps its log for as long as it is told', () => {
    const { stack } = makeIntake({
      logRetention: RetentionDays.ONE_YEAR,
      logRemovalPolicy: RemovalPolicy.DESTROY,
    });
    expect(onlyResource(stack, 'AWS::Logs::LogGroup')).toMatchObject({
      Properties: { RetentionInDays: 365 },
      DeletionPolicy: 'Delete',
    });
  });

  it.each<[string, Partial<HttpIntakeProps>, string]>([
    [
      'ratePerSecond is 0',
      { ratePerSecond: 0 },
      'ratePerSecond is 0; allowed: 1 to 10,000 requests a second. An account has',
    ],
    [
      'ratePerSecond is over 10,000',
      { ratePerSecond: 10_001 },
      'ratePerSecond is 10001; allowed: 1 to 10,000 requests a second.',
    ],
    ['burst is 0', { burst: 0 }, 'burst is 0; allowed: 1 to 5,000 requests. An account has'],
    ['burst is over 5,000', { burst: 5_001 }, 'burst is 5001; allowed: 1 to 5,000 requests.'],
  ])('fails when %s', (_, props, message) => {
    expect(() => makeIntake(props)).toThrow(PropsError);
    expect(() => makeIntake(props)).toThrow(`orders/Intake: ${message}`);
  });
});

describe('HttpIntake.route', () => {
  it('sends the requests of the route to the function', () => {
    const { stack, target } = routed();
    const [[integrationId, integration] = []] = resourcesOfType(
      templateOf(stack),
      'AWS::ApiGatewayV2::Integration',
    );
    expect(onlyResource(stack, 'AWS::ApiGatewayV2::Route').Properties).toMatchObject({
      RouteKey: 'POST /orders',
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: integrationId }]] },
    });
    expect(integration?.Properties).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: stack.resolve(target.function.functionArn),
      PayloadFormatVersion: '2.0',
    });
  });

  it('is what makes the function run', () => {
    const { intake, target } = routed();
    expect(target.trigger).toBe(intake);
  });

  it('takes signed requests only', () => {
    const { stack } = routed();
    expect(onlyResource(stack, 'AWS::ApiGatewayV2::Route').Properties).toMatchObject({
      AuthorizationType: 'AWS_IAM',
    });
  });

  it('lets this API and this route alone invoke the function', () => {
    const { stack, intake, target } = routed();
    const { Properties } = onlyResource(stack, 'AWS::Lambda::Permission');
    expect(Properties).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      FunctionName: stack.resolve(target.function.functionArn),
    });
    const [separator, parts] = (Properties.SourceArn as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
    expect(separator).toBe('');
    expect(parts).toContainEqual(stack.resolve(intake.api.apiId));
    expect(parts.at(-1)).toBe('/*/*/orders');
  });

  it('takes a function that answers before API Gateway gives up', () => {
    expect(() => routed(Duration.seconds(29))).not.toThrow();
  });

  it('fails when the function may be at work after API Gateway gave up', () => {
    expect(() => routed(Duration.seconds(30))).toThrow(PropsError);
    expect(() => routed(Duration.seconds(30))).toThrow(
      "orders/Intake/POST /orders: function's timeout is 30 s; allowed: 1 to 29 seconds: API Gateway answers 503 after 30. Put work that takes longer on a queue",
    );
  });
});
