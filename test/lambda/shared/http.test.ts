import {
  correlationIdOf,
  errorResponse,
  HttpError,
  jsonResponse,
  readJson,
} from '../../../lambda/shared/http.ts';
import { postRequest } from '../../support/http-requests.ts';

const maxBytes = 64;
const refusal = (read: () => unknown): HttpError => {
  try {
    read();
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
  throw new Error('It was not refused');
};

describe('readJson', () => {
  it.each([
    ['application/json'],
    ['application/json; charset=utf-8'],
    ['APPLICATION/JSON'],
    ['application/vnd.orders.v1+json'],
  ])('reads JSON that is sent as %s', mediaType => {
    expect(readJson(postRequest({ a: 1 }, { headers: { 'content-type': mediaType } }), maxBytes)).toEqual({
      a: 1,
    });
  });

  it('reads JSON of which nothing is said', () => {
    expect(readJson(postRequest({ a: 1 }, { headers: {} }), maxBytes)).toEqual({ a: 1 });
  });

  it('reads a body that API Gateway encoded', () => {
    const body = Buffer.from('{"name":"Zoë"}').toString('base64');

    expect(readJson(postRequest(body, { isBase64Encoded: true }), maxBytes)).toEqual({ name: 'Zoë' });
  });

  it.each([['text/plain'], ['application/xml'], ['application/jsonp'], ['']])(
    'refuses what is said to be %j with 415',
    mediaType => {
      const request = postRequest({ a: 1 }, { headers: { 'content-type': mediaType } });

      expect(refusal(() => readJson(request, maxBytes))).toMatchObject({
        status: 415,
        message: expect.stringContaining('application/json'),
      });
    },
  );

  it('takes a body of exactly the limit', () => {
    expect(readJson(postRequest(JSON.stringify('x'.repeat(62))), maxBytes)).toHaveLength(62);
  });

  it.each([
    ['in characters of one byte', JSON.stringify('x'.repeat(63)), false],
    ['in characters of two bytes', JSON.stringify('é'.repeat(32)), false],
    ['once decoded', Buffer.from(JSON.stringify('x'.repeat(63))).toString('base64'), true],
  ])('refuses a body over the limit %s with 413', (_case, body, isBase64Encoded) => {
    expect(refusal(() => readJson(postRequest(body, { isBase64Encoded }), maxBytes))).toMatchObject({
      status: 413,
      message: expect.stringMatching(/The body is \d+ bytes; at most 64 are taken/),
    });
  });

  it('takes an encoded body that is over the limit only as long as it is encoded', () => {
    const body = Buffer.from(JSON.stringify('x'.repeat(60))).toString('base64');

    expect(body.length).toBeGreaterThan(maxBytes);
    expect(readJson(postRequest(body, { isBase64Encoded: true }), maxBytes)).toHaveLength(60);
  });

  it.each([
    ['that is cut off', '{"order_id":', false],
    ['that is not UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('base64'), true],
    ['that is empty', '', false],
    ['that is missing', undefined, false],
  ])('refuses a body %s with 400', (_case, body, isBase64Encoded) => {
    expect(refusal(() => readJson(postRequest(body, { isBase64Encoded }), maxBytes))).toMatchObject({
      status: 400,
      code: 'malformed_json',
      faults: [{ field: 'body', message: expect.any(String) }],
    });
  });
});

describe('correlationIdOf', () => {
  it('is what the client gives', () => {
    expect(correlationIdOf(postRequest({}, { headers: { 'x-correlation-id': 'shop/42:a' } }))).toBe(
      'shop/42:a',
    );
  });

  it.each([[''], ['has space'], ['new\nline'], ['<script>'], ['x'.repeat(129)]])(
    'is the id of the request where the client gives %j',
    given => {
      const request = postRequest({}, { headers: { 'x-correlation-id': given } });

      expect(correlationIdOf(request)).toBe(request.requestContext.requestId);
    },
  );
});

describe('responses', () => {
  it('are JSON that nobody caches, with the correlation id', () => {
    expect(jsonResponse(202, { order_id: '7' }, { correlationId: 'c' })).toEqual({
      statusCode: 202,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-correlation-id': 'c' },
      body: '{"order_id":"7"}',
    });
  });

  it('to errors say what, why and when to come back, and not what caused it', () => {
    const error = new HttpError(503, 'unavailable', 'Send it again.', {
      retryAfterSeconds: 2,
      cause: new Error('secret'),
    });

    const response = errorResponse(error, { correlationId: 'c' });

    expect(response).toMatchObject({ statusCode: 503, headers: { 'retry-after': '2' } });
    expect(response.body).toBe('{"error":"unavailable","message":"Send it again."}');
  });
});
