import { InvalidFunctionAnswer, toHttpApiResponse } from '../../../local/http-api/http-api-response.ts';

const respond = (answer: unknown) => {
  const { body, ...response } = toHttpApiResponse(JSON.stringify(answer));
  return { ...response, body: body.toString() };
};

describe('toHttpApiResponse', () => {
  it.each([
    ['an object', { message: 'hello' }, '{"message":"hello"}'],
    ['a text', 'hello', 'hello'],
    ['a list', [1], '[1]'],
    ['nothing', null, 'null'],
  ])('makes the body of a 200 of %s', (_case, answer, body) => {
    expect(respond(answer)).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body,
    });
  });

  it('does as a structured answer says', () => {
    const answer = {
      statusCode: 202,
      headers: { 'Content-Type': 'application/json', 'Retry-After': 5 },
      cookies: ['a=1', 'b=2; Secure'],
      body: '{"orderId":"1"}',
    };

    expect(respond(answer)).toEqual({
      statusCode: 202,
      headers: {
        'content-type': 'application/json',
        'retry-after': '5',
        'set-cookie': ['a=1', 'b=2; Secure'],
      },
      body: '{"orderId":"1"}',
    });
  });

  it('takes a body for plain text when no content type is given', () => {
    expect(respond({ statusCode: 200, body: 'ok' }).headers).toEqual({
      'content-type': 'text/plain;charset=UTF-8',
    });
  });

  it('decodes a base64 body', () => {
    expect(respond({ statusCode: 200, body: 'd2F4', isBase64Encoded: true }).body).toBe('wax');
  });

  it('gives an empty body when there is none', () => {
    expect(respond({ statusCode: 204 }).body).toBe('');
  });

  it.each([
    ['statusCode', { statusCode: 'fine' }],
    ['statusCode', { statusCode: 99 }],
    ['body', { statusCode: 200, body: { message: 'object' } }],
    ['headers', { statusCode: 200, headers: { a: ['list'] } }],
    ['cookies', { statusCode: 200, cookies: 'a=1' }],
  ])('fails when %s is invalid', (property, answer) => {
    expect(() => respond(answer)).toThrow(InvalidFunctionAnswer);
    expect(() => respond(answer)).toThrow(`${property} of the function's answer`);
  });
});
