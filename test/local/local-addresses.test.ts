import { createServer } from 'node:net';
import { localizeApiUrls, portsFrom } from '../../local/local-addresses.ts';

describe('localizeApiUrls', () => {
  const localized = (text: string) => localizeApiUrls(text, apiId => `http://127.0.0.1:1/${apiId}`);

  it('puts local URLs of HTTP APIs in place, wherever in a text they stand', () => {
    expect(localized('see https://abcdefghij.execute-api.eu-west-1.amazonaws.com/orders')).toBe(
      'see http://127.0.0.1:1/abcdefghij/orders',
    );
  });

  it('leaves other texts as they are', () => {
    expect(localized('https://sqs.eu-west-1.amazonaws.com/1/queue')).toBe(
      'https://sqs.eu-west-1.amazonaws.com/1/queue',
    );
  });
});

describe('portsFrom', () => {
  it('counts on from a first port', async () => {
    expect(await portsFrom(4567, 3)).toEqual([4567, 4568, 4569]);
  });

  it('finds different free ports from 0', async () => {
    const ports = await portsFrom(0, 2);

    expect(new Set(ports).size).toBe(2);
    for (const port of ports) {
      const server = createServer();
      await new Promise<void>((resolve, reject) =>
        server.once('error', reject).listen(port, '127.0.0.1', resolve),
      );
      await new Promise(resolve => server.close(resolve));
    }
  });
});
