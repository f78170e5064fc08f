/** What goes back to the client. */
export interface HttpApiResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** API Gateway's own answers, by status. */
const MESSAGES = {
  400: 'Bad Request',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
} as const;

/** An answer that API Gateway gives by itself. */
export function gatewayAnswer(statusCode: keyof typeof MESSAGES): HttpApiResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ message: MESSAGES[statusCode] })),
  };
}

/** A function's answer that cannot be made into a response; API Gateway answers 500. */
export class InvalidFunctionAnswer extends Error {
  override readonly name = 'InvalidFunctionAnswer';
}

/**
 * Makes a response of what a function answered: as it says if it gives a `statusCode`, else the answer is
 * the body of a 200.
 *
 * @param payload the answer as JSON text
 * @throws InvalidFunctionAnswer saying what is wrong with it
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response
 */
export function toHttpApiResponse(payload: string): HttpApiResponse {
  const answer: unknown = JSON.parse(payload);
  if (!isObject(answer) || answer.statusCode === undefined) {
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(typeof answer === 'string' ? answer : payload),
    };
  }
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = answer;
  if (!isStatusCode(statusCode)) return refuse('statusCode', statusCode, 'a whole number from 100 to 599');
  if (typeof body !== 'string') return refuse('body', body, 'text; objects must be made into JSON text');
  if (!isObject(headers) || !Object.values(headers).every(isPlain)) {
    return refuse('headers', headers, 'an object of texts, numbers or booleans');
  }
  if (!Array.isArray(cookies) || !cookies.every(isPlain))
    return refuse('cookies', cookies, 'a list of texts');
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return {
    statusCode: Number(statusCode),
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(named),
      ...(cookies.length === 0 ? {} : { 'set-cookie': cookies.map(String) }),
    },
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function refuse(property: string, value: unknown, allowed: string): never {
  throw new InvalidFunctionAnswer(
    `${property} of the function's answer is ${JSON.stringify(value)?.slice(0, 100)}; allowed: ${allowed}`,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);

function isStatusCode(value: unknown): boolean {
  const code = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof code === 'number' && Number.isInteger(code) && code >= 100 && code <= 599;
}
