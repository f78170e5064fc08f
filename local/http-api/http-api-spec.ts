import type { ServerGroup } from './server-group.ts';

/** What is behind a route: a function, or servers that requests are passed on to. */
export type RouteTarget = { readonly functionName: string } | { readonly servers: ServerGroup };

/** A route of an HTTP API and what is behind it. */
export type HttpRoute = RouteTarget & RouteSettings;

export interface RouteSettings {
  /** `POST /orders`, `GET /orders/{id}`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string;
  /** Milliseconds to wait for an answer, 50 to 30,000. @default 30000 */
  readonly timeoutMs?: number;
  /** @default that of the stage */
  readonly throttling?: Throttling;
}

/** Requests that are let through; the others are answered 429. */
export interface Throttling {
  /** Requests a second, over time. */
  readonly rateLimit: number;
  /** Requests at once. */
  readonly burstLimit: number;
}

/** An HTTP API with Lambda integrations of payload format 2.0 and private ones, as the template declares it. */
export interface HttpApiSpec {
  readonly apiId: string;
  readonly routes: readonly HttpRoute[];
  /** Stage; any but `$default` is the first segment of every path. @default '$default' */
  readonly stage?: string;
  /** @default none */
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** @default not throttled */
  readonly throttling?: Throttling;
  /** @default '000000000000' */
  readonly accountId?: string;
}

/** An HTTP API that API Gateway would refuse. */
export class InvalidHttpApi extends Error {
  override readonly name = 'InvalidHttpApi';

  constructor(apiId: string, fault: string) {
    super(`HTTP API ${apiId}: ${fault}.`);
  }
}

/**
 * Refuses what API Gateway refuses.
 *
 * @throws InvalidHttpApi saying property, value and what is allowed
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
export function assertValidHttpApi(spec: HttpApiSpec): void {
  const keys = spec.routes.map(({ routeKey }) => routeKey);
  const twice = keys.find((key, place) => keys.indexOf(key) !== place);
  if (twice !== undefined) throw new InvalidHttpApi(spec.apiId, `route ${twice} is declared twice`);
  for (const { routeKey, timeoutMs = 30_000, throttling } of spec.routes) {
    if (!Number.isInteger(timeoutMs) || timeoutMs < 50 || timeoutMs > 30_000) {
      throw new InvalidHttpApi(spec.apiId, `timeoutMs of ${routeKey} is ${timeoutMs}; allowed: 50 to 30000`);
    }
    if (throttling !== undefined) assertValidThrottling(spec.apiId, throttling);
  }
  if (spec.throttling !== undefined) assertValidThrottling(spec.apiId, spec.throttling);
}

function assertValidThrottling(apiId: string, { rateLimit, burstLimit }: Throttling): void {
  if (!(rateLimit >= 0)) throw new InvalidHttpApi(apiId, `rateLimit is ${rateLimit}; allowed: 0 or more`);
  if (!Number.isInteger(burstLimit) || burstLimit < 0) {
    throw new InvalidHttpApi(apiId, `burstLimit is ${burstLimit}; allowed: a whole number from 0`);
  }
}
