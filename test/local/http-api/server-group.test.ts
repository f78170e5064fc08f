import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpApi } from '../../../local/http-api/http-api.ts';
import type { ServerGroup } from '../../../local/http-api/server-group.ts';

const servers: Server[] = [];
const apis: HttpApi[] = [];
afterEach(async () => {
  await Promise.all(apis.splice(0).map(api => api.stop()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server, and the requests that it got. */
async function serverThat(act: 'answers' | 'hangs up' | 'is silent', name = 'server') {
  const requests: {
    method: string | undefined;
    url: string | undefined;
    type: string | undefined;
    body: string;
  }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method, url, headers } = request;
    requests.push({ method, url, type: headers['content-type'], body });
    if (act === 'hangs up') request.socket.destroy();
    if (act === 'answers')
      response.writeHead(201, { 'x-server': name, 'content-type': 'text/plain' }).end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

async function apiBefore(group: ServerGroup, timeoutMs = 5_000): Promise<string> {
  const api = new HttpApi(
    { apiId: 'intake', routes: [{ routeKey: 'POST /searches/{id}', servers: group, timeoutMs }] },
    () => Promise.reject(new Error('There is no function')),
  );
  apis.push(api);
  return api.listen(0);
}

it('passes requests on as they are, and brings back what the server answers', async () => {
  const server = await serverThat('answers');
  const url = await apiBefore({ next: () => server.url });
  const response = await fetch(`${url}/searches/a%20b?limit=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"origin":"FRA"}',
  });

  expect(response.status).toBe(201);
  expect(response.headers.get('x-server')).toBe('server');
  expect(await response.text()).toBe('{"origin":"FRA"}');
  expect(server.requests).toEqual([
    { method: 'POST', url: '/searches/a%20b?limit=1', type: 'application/json', body: '{"origin":"FRA"}' },
  ]);
});

it('answers 503 where no server is up, 502 where one hangs up, 503 where one is silent', async () => {
  const status = async (group: ServerGroup, timeoutMs?: number) =>
    (await fetch(`${await apiBefore(group, timeoutMs)}/searches/1`, { method: 'POST', body: '{}' })).status;
  const [hangsUp, silent] = [await serverThat('hangs up'), await serverThat('is silent')];

  expect(await status({ next: () => undefined })).toBe(503);
  expect(await status({ next: () => hangsUp.url })).toBe(502);
  expect(await status({ next: () => silent.url }, 50)).toBe(503);
});
