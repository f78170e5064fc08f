import { createHash } from 'node:crypto';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import type { Throttling } from '../http-api/http-api-spec.ts';
import { functionNameOf } from './function-provider.ts';
import { physicalName } from './physical-name.ts';
import { textOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** An API's routes, integrations and stages are resources of their own: they are collected, then it listens. */
export const httpApiProvider: ResourceProvider = {
  type: 'AWS::ApiGatewayV2::Api',
  phase: 'entrances',
  identify(resource, addresses) {
    const id = apiId(resource);
    return { ref: id, attributes: { ApiId: id, ApiEndpoint: addresses.httpApi(id) } };
  },
  async provision(resource, services) {
    const protocol = textOf(resource, 'ProtocolType');
    if (protocol !== 'HTTP') {
      services.note(resource, `does not run here: its protocol is ${protocol}`);
      return;
    }
    await services.httpApis.open(apiId(resource), {
      invoke: (name, event) => services.functions.invoke(name, event),
    });
  },
};

export const httpIntegrationProvider: ResourceProvider = {
  type: 'AWS::ApiGatewayV2::Integration',
  phase: 'wiring',
  identify: anonymous,
  async provision(resource, services) {
    const type = textOf(resource, 'IntegrationType');
    const uri = textOf(resource, 'IntegrationUri');
    const timeout = resource.property('TimeoutInMillis');
    const timeoutMs = timeout === undefined ? {} : { timeoutMs: Number(timeout) };
    const servers = type === 'HTTP_PROXY' ? services.loadBalancers.behind(uri) : undefined;
    if (servers !== undefined) {
      const id = anonymous(resource).ref;
      services.httpApis.addIntegration(textOf(resource, 'ApiId'), id, { servers, ...timeoutMs });
      return;
    }
    const functionName = functionNameOf(uri.replace(/.*\/functions\/(arn:.*)\/invocations$/, '$1'));
    if (type !== 'AWS_PROXY' || !services.functions.functionNames.includes(functionName)) {
      services.note(resource, `does not run here: it is ${type} to ${uri}`);
      return;
    }
    services.httpApis.addIntegration(textOf(resource, 'ApiId'), anonymous(resource).ref, {
      functionName,
      ...timeoutMs,
    });
  },
};

export const httpRouteProvider: ResourceProvider = {
  type: 'AWS::ApiGatewayV2::Route',
  phase: 'wiring',
  identify: anonymous,
  async provision(resource, services) {
    services.httpApis.addRoute(
      textOf(resource, 'ApiId'),
      textOf(resource, 'RouteKey'),
      textOf(resource, 'Target').replace(/^integrations\//, ''),
    );
    const authorization = resource.property('AuthorizationType') ?? 'NONE';
    if (authorization !== 'NONE') {
      services.note(
        resource,
        `lets everybody in here: ${String(authorization)} authorization is not evaluated`,
      );
    }
  },
};

export const httpStageProvider: ResourceProvider = {
  type: 'AWS::ApiGatewayV2::Stage',
  phase: 'wiring',
  identify: resource => ({ ref: textOf(resource, 'StageName'), attributes: {} }),
  async provision(resource, services) {
    const ofAll = throttlingOf(resource.property('DefaultRouteSettings'));
    const ofRoutes = Object.entries((resource.property('RouteSettings') ?? {}) as Record<string, unknown>);
    services.httpApis.addStage(textOf(resource, 'ApiId'), {
      stage: textOf(resource, 'StageName'),
      stageVariables: (resource.property('StageVariables') ?? {}) as Record<string, string>,
      ...(ofAll === undefined ? {} : { throttling: ofAll }),
      routeThrottling: new Map(
        ofRoutes.flatMap(([routeKey, settings]) => {
          const throttling = throttlingOf(settings);
          return throttling === undefined ? [] : [[routeKey, throttling] as const];
        }),
      ),
    });
  },
};

function throttlingOf(settings: unknown): Throttling | undefined {
  const { ThrottlingRateLimit, ThrottlingBurstLimit } = (settings ?? {}) as {
    ThrottlingRateLimit?: number;
    ThrottlingBurstLimit?: number;
  };
  return ThrottlingRateLimit === undefined || ThrottlingBurstLimit === undefined
    ? undefined
    : { rateLimit: Number(ThrottlingRateLimit), burstLimit: Number(ThrottlingBurstLimit) };
}

/** Ten letters and digits, as API Gateway makes them up, but the same at every start. */
function apiId(resource: ResourceDeclaration): string {
  const digest = createHash('sha256')
    .update(physicalName(resource, undefined, { limit: 255 }))
    .digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, 10);
}

function anonymous(resource: ResourceDeclaration) {
  return { ref: physicalName(resource, undefined, { limit: 128 }), attributes: {} };
}
