import type { IncomingMessage } from 'node:http';

/** What an HTTP API invokes a function with. */
export interface HttpApiEvent {
  readonly version: '2.0';
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly requestContext: {
    readonly accountId: string;
    readonly apiId: string;
    readonly domainName: string;
    readonly domainPrefix: string;
    readonly http: {
      readonly method: string;
      readonly path: string;
      readonly protocol: string;
      readonly sourceIp: string;
      readonly userAgent: string;
    };
    readonly requestId: string;
    readonly routeKey: string;
    readonly stage: string;
    readonly time: string;
    readonly timeEpoch: number;
  };
  readonly body?: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly isBase64Encoded: boolean;
  readonly stageVariables?: Readonly<Record<string, string>>;
}

/** What the event takes from the API rather than from the request. */
export interface HttpApiEventContext {
  readonly apiId: string;
  readonly accountId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly receivedAt: Date;
}

/** A request whose path is not valid percent-encoding. */
export class MalformedPath extends Error {
  override readonly name = 'MalformedPath';
}

/**
 * Splits a request target into path, decoded as API Gateway decodes it, and query, as it came.
 *
 * @throws MalformedPath
 */
export function readTarget(target: string): { readonly rawPath: string; readonly rawQueryString: string } {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  try {
    return { rawPath: decodeURIComponent(path), rawQueryString: mark === -1 ? '' : target.slice(mark + 1) };
  } catch {
    throw new MalformedPath(`The path ${path} is not valid percent-encoding`);
  }
}

/**
 * Shapes a request as payload format 2.0 does. What a request does not have is absent, not null.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toHttpApiEvent(
  request: IncomingMessage,
  body: Buffer,
  context: HttpApiEventContext,
): HttpApiEvent {
  const { rawPath, rawQueryString } = readTarget(request.url ?? '/');
  const { cookie, ...headers } = joinHeaders(request.rawHeaders);
  const { remoteAddress = '127.0.0.1' } = request.socket;
  const port = String(request.socket.localPort ?? '');
  const domainName = (headers.host ?? 'localhost').replace(/:\d+$/, '');
  const queryStringParameters = joinParameters(rawQueryString);
  const isText = isTextual(headers['content-type']);
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; ?/).filter(each => each !== '') }),
    headers: {
      ...headers,
      'x-amzn-trace-id': headers['x-amzn-trace-id'] ?? traceId(context),
      'x-forwarded-for': [headers['x-forwarded-for'], remoteAddress]
        .filter(each => each !== undefined)
        .join(', '),
      'x-forwarded-port': port,
      'x-forwarded-proto': 'http',
    },
    ...optional('queryStringParameters', queryStringParameters),
    requestContext: {
      accountId: context.accountId,
      apiId: context.apiId,
      domainName,
      domainPrefix: domainName.split('.')[0] ?? domainName,
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: remoteAddress,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: context.requestId,
      routeKey: context.routeKey,
      stage: context.stage,
      time: commonLogTime(context.receivedAt),
      timeEpoch: context.receivedAt.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    ...optional('pathParameters', context.pathParameters),
    isBase64Encoded: body.length > 0 && !isText,
    ...optional('stageVariables', context.stageVariables),
  };
}

function optional<Name extends string>(name: Name, values: Readonly<Record<string, string>>) {
  return (Object.keys(values).length === 0 ? {} : { [name]: values }) as Partial<
    Record<Name, Readonly<Record<string, string>>>
  >;
}

/** Headers of the connection to API Gateway, which end there. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade']);

// From the raw list: Node.js drops repetitions of some headers, API Gateway joins them all.
function joinHeaders(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let place = 0; place < raw.length; place += 2) {
    const name = (raw[place] ?? '').toLowerCase();
    const value = raw[place + 1] ?? '';
    if (HOP_BY_HOP.has(name)) continue;
    const before = headers[name];
    const separator = name === 'cookie' ? '; ' : ',';
    headers[name] = before === undefined ? value : `${before}${separator}${value}`;
  }
  return headers;
}

function joinParameters(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const before = parameters[name];
    parameters[name] = before === undefined ? value : `${before},${value}`;
  }
  return parameters;
}

/** Content types whose bodies API Gateway passes on as text; it takes all others, and none, for binary. */
function isTextual(contentType: string | undefined): boolean {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return /^text\/|^application\/(?:json|javascript|xml)$/.test(mediaType);
}

function traceId({ receivedAt, requestId }: HttpApiEventContext): string {
  const seconds = Math.floor(receivedAt.getTime() / 1000).toString(16);
  return `Root=1-${seconds}-${requestId.replaceAll('-', '').slice(0, 24)}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function commonLogTime(date: Date): string {
  const [day, time = ''] = date.toISOString().split('T');
  const [year, month, dayOfMonth] = (day ?? '').split('-');
  return `${dayOfMonth}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
