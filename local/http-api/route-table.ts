import { type HttpRoute, InvalidHttpApi } from './http-api-spec.ts';

/** The route that a request takes. */
export interface RouteMatch {
  readonly route: HttpRoute;
  /** Values of the path's variables, decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable' | 'greedy'; readonly name: string };

interface CompiledRoute {
  readonly route: HttpRoute;
  readonly method: string;
  readonly segments: readonly Segment[];
}

const METHODS = ['ANY', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** Order in which segments in the same place are preferred. */
const PREFERENCE = { literal: 0, variable: 1, greedy: 2 } as const;

/**
 * Finds the most specific route for a request: full matches before greedy ones, a named method before
 * `ANY`, `$default` last.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export class RouteTable {
  readonly #routes: readonly CompiledRoute[];
  readonly #default: HttpRoute | undefined;

  /** @throws InvalidHttpApi for a route key that API Gateway would refuse */
  constructor(apiId: string, routes: readonly HttpRoute[]) {
    this.#default = routes.find(({ routeKey }) => routeKey === '$default');
    this.#routes = routes
      .filter(route => route !== this.#default)
      .map(route => compile(apiId, route))
      .toSorted(bySpecificity);
  }

  /** @param path decoded path, without the stage */
  match(method: string, path: string): RouteMatch | undefined {
    const segments = path.split('/').slice(1);
    for (const candidate of this.#routes) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const pathParameters = matchSegments(candidate.segments, segments);
      if (pathParameters !== undefined) return { route: candidate.route, pathParameters };
    }
    return this.#default === undefined ? undefined : { route: this.#default, pathParameters: {} };
  }
}

function compile(apiId: string, route: HttpRoute): CompiledRoute {
  const [method = '', path = ''] = route.routeKey.split(' ');
  if (!METHODS.includes(method) || !path.startsWith('/')) {
    throw new InvalidHttpApi(
      apiId,
      `route key ${JSON.stringify(route.routeKey)} must be "$default", or one of ${METHODS.join(', ')} and a path`,
    );
  }
  const segments = path
    .split('/')
    .slice(1)
    .map((text): Segment => {
      const name = /^\{([^}+]+)(\+?)\}$/.exec(text);
      if (name === null) return { kind: 'literal', text };
      return { kind: name[2] === '+' ? 'greedy' : 'variable', name: name[1] ?? '' };
    });
  if (segments.slice(0, -1).some(({ kind }) => kind === 'greedy')) {
    throw new InvalidHttpApi(apiId, `route ${route.routeKey} must have its greedy variable at the end`);
  }
  return { route, method, segments };
}

function bySpecificity(one: CompiledRoute, other: CompiledRoute): number {
  for (let place = 0; place < Math.max(one.segments.length, other.segments.length); place += 1) {
    const left = one.segments[place];
    const right = other.segments[place];
    // Routes of different lengths meet the same path only where one of them is greedy.
    if (left === undefined || right === undefined) break;
    const difference = PREFERENCE[left.kind] - PREFERENCE[right.kind];
    if (difference !== 0) return difference;
  }
  return Number(one.method === 'ANY') - Number(other.method === 'ANY');
}

function matchSegments(
  expected: readonly Segment[],
  found: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [place, segment] of expected.entries()) {
    const text = found[place];
    if (text === undefined) return undefined;
    if (segment.kind === 'greedy') {
      const rest = found.slice(place).join('/');
      return rest === '' ? undefined : { ...parameters, [segment.name]: rest };
    }
    if (segment.kind === 'literal') {
      if (segment.text !== text) return undefined;
    } else {
      if (text === '') return undefined;
      parameters[segment.name] = text;
    }
  }
  return expected.length === found.length ? parameters : undefined;
}
