import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { HttpError } from '../../../lambda/shared/http.ts';
import { type HttpHandlerOptions, httpHandler, refusalOf } from '../../../lambda/shared/http-handler.ts';
import { postRequest } from '../../support/http-requests.ts';
import { lambdaContext } from '../../support/lambda-context.ts';

/** Answers one request, and says what was logged of it, at which level. */
async function ask(answer: HttpHandlerOptions['answer']) {
  const lines: { level: string; text: string; fields: Record<string, unknown> }[] = [];
  const at = (level: string) => (text: unknown, fields: unknown) =>
    void lines.push({ level, text: String(text), fields: fields as Record<string, unknown> });
  const handler = httpHandler({
    logger: {
      addContext: () => undefined,
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
    } as unknown as HttpHandlerOptions['logger'],
    about: { event_type: 'tea_ordered' },
    says: { done: 'Tea taken', refused: 'Tea refused' },
    refusalOf: thrown => refusalOf(thrown, { undone: 'There is no tea' }),
    answer,
  });
  const headers = { 'content-type': 'application/json', 'x-correlation-id': 'c-1' };
  const response = await handler(postRequest({}, { headers }), lambdaContext());
  return { response, body: JSON.parse(response.body ?? '') as Record<string, unknown>, lines };
}

describe('httpHandler', () => {
  it('answers, and logs once what was done about what', async () => {
    const { response, body, lines } = await ask(async ({ correlationId, note }) => {
      note({ cup: 7 });
      return { status: 202, content: { for: correlationId }, outcome: 'accepted' };
    });

    expect(response.statusCode).toBe(202);
    expect(body).toEqual({ for: 'c-1' });
    const fields = { outcome: 'accepted', event_type: 'tea_ordered', correlation_id: 'c-1', cup: 7 };
    expect(lines).toEqual([{ level: 'info', text: 'Tea taken', fields }]);
  });

  it.each([
    ['a fault of the client', new HttpError(404, 'no_cup', 'There is no such cup.'), 404, 'no_cup', 'info'],
    ['a dependency that is down', new DependencyDownError('SNS'), 503, 'unavailable', 'warn'],
    ['what nobody foresaw', new TypeError('undefined is no function'), 500, 'internal_error', 'error'],
  ])(
    'refuses for %s, and logs it at a level that says whose fault it was',
    async (_, thrown, status, code, level) => {
      const { response, body, lines } = await ask(async ({ note }) => {
        note({ cup: 7 });
        throw thrown;
      });

      expect(response.statusCode).toBe(status);
      expect(body).toMatchObject({ error: code });
      expect(JSON.stringify(body)).not.toContain('undefined is');
      expect(lines).toEqual([
        {
          level,
          text: 'Tea refused',
          fields: expect.objectContaining({ outcome: code, status, cup: 7, error: thrown }),
        },
      ]);
    },
  );

  it('says when to come again, where that helps', async () => {
    const { response } = await ask(() => Promise.reject(new DependencyDownError('SNS')));

    expect(response.headers).toMatchObject({ 'retry-after': '2' });
  });
});
