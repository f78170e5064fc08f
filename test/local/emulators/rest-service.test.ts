import type { createServer } from 'node:http';
import { AwsError } from '../../../local/emulators/aws-error.ts';
import type { FauxqsApp } from '../../../local/emulators/fauxqs.ts';
import { notRunHere, type RestRequest, type RestService } from '../../../local/emulators/rest-service.ts';
import { wireServer } from '../../../local/emulators/wire-server.ts';
import { listenOn } from '../../../local/http-api/local-listener.ts';

const servers: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** Calls a service by the name it is signed for; the endpoint runs `kettle`. */
async function call(
  service: RestService,
  path: string,
  init: RequestInit & { readonly service?: string } = {},
) {
  const server = wireServer({
    dynamoDb: { answer: () => Promise.reject(new Error('not asked')) },
    region: 'us-east-1',
    json: new Map(),
    query: new Map(),
    files: new Map(),
    rest: new Map([['kettle', service]]),
    others: {} as FauxqsApp,
  });
  servers.push(server);
  const url = await listenOn(server, 'AWS endpoint', 0);
  const authorization = `AWS4-HMAC-SHA256 Credential=key/20260101/eu-west-1/${init.service ?? 'kettle'}/aws4_request`;
  const answer = await fetch(new URL(path, url), { ...init, headers: { authorization } });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

describe('a service of the REST-JSON protocol', () => {
  it('is asked by method, path, query and body, in the region that was signed for', async () => {
    const asked: RestRequest[] = [];
    const answer = await call(
      request => {
        asked.push(request);
        return { status: 201, body: { Boiled: true } };
      },
      '/kettles/big%20one?Litres=2',
      { method: 'PUT', body: '{"Water":"cold"}' },
    );

    expect(asked).toEqual([
      {
        method: 'PUT',
        path: '/kettles/big one',
        query: new URLSearchParams({ Litres: '2' }),
        headers: expect.objectContaining({ authorization: expect.stringContaining('/kettle/') }),
        body: { Water: 'cold' },
        region: 'eu-west-1',
      },
    ]);
    expect(answer).toMatchObject({ status: 201, body: { Boiled: true } });
  });

  it('answers an error with its code in the header and its members in the body', async () => {
    const { status, headers, body } = await call(() => {
      throw new AwsError('ConflictException', 'It boils already.', 409, { Resource: 'big' });
    }, '/');

    expect(status).toBe(409);
    expect(headers.get('x-amzn-errortype')).toBe('ConflictException');
    expect(body).toEqual({ message: 'It boils already.', Resource: 'big' });
  });

  it('says so of what it does not run, and of a body that is no JSON', async () => {
    const service: RestService = request => {
      throw notRunHere('kettle', request);
    };

    expect(await call(service, '/lids', { method: 'DELETE' })).toMatchObject({
      status: 404,
      body: { message: 'The local cloud does not run DELETE /lids of kettle.' },
    });
    expect(await call(service, '/lids', { method: 'POST', body: 'hot' })).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/no JSON object/) },
    });
  });

  it('is named among those that run when another is asked', async () => {
    const { body } = await call(() => ({ body: {} }), '/', { service: 'toaster' });

    expect(body).toMatchObject({ message: expect.stringMatching(/does not run toaster.*kettle\.$/) });
  });
});
