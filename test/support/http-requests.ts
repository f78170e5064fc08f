import type { APIGatewayProxyEventV2 } from 'aws-lambda';

let requests = 0;

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly isBase64Encoded?: boolean;
}

/** A POST as API Gateway's HTTP API hands it to a function; content that is no text becomes JSON. */
export function postRequest(content: unknown, options: RequestOptions = {}): APIGatewayProxyEventV2 {
  const { headers = { 'content-type': 'application/json' }, isBase64Encoded = false } = options;
  const text = typeof content === 'string' || content === undefined ? content : JSON.stringify(content);
  return {
    version: '2.0',
    routeKey: 'POST /orders',
    rawPath: '/orders',
    rawQueryString: '',
    headers: { ...headers },
    requestContext: {
      accountId: '111111111111',
      apiId: 'api',
      domainName: 'api.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'api',
      http: {
        method: 'POST',
        path: '/orders',
        protocol: 'HTTP/1.1',
        sourceIp: '192.0.2.1',
        userAgent: 'test',
      },
      requestId: `request-${++requests}`,
      routeKey: 'POST /orders',
      stage: '$default',
      time: '02/Jan/2026:03:04:05 +0000',
      timeEpoch: 1_767_323_045_678,
    },
    ...(text !== undefined && { body: text }),
    isBase64Encoded,
  };
}
