import { jest } from '@jest/globals';
import type { SocialAccount } from '../../../contracts/notifications.ts';
import {
  HttpSocialNetwork,
  type HttpSocialNetworkOptions,
  NetworkDownError,
  NetworkLeftAloneError,
  ShareRefusedError,
} from '../../../lambda/notifications/http-social-network.ts';
import { retryAfterMs } from '../../../lambda/notifications/retry-after.ts';
import { DependencyDownError, OutOfTimeError } from '../../../lambda/shared/failures.ts';
import { SocialNetworkServer } from '../../support/social-network.ts';

const share = { post_id: '67890', text: 'New Blog Post!, by Jane Smith' };
const delivery = (remaining = 30_000) => ({ remainingTimeInMs: () => remaining });

describe('HttpSocialNetwork', () => {
  let server: SocialNetworkServer;
  let token: string;
  let renewedToken: string;
  let readings: string[];

  beforeEach(async () => {
    server = await SocialNetworkServer.start();
    token = renewedToken = 'token-1';
    readings = [];
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.stop();
  });

  function network(options: Partial<HttpSocialNetworkOptions> = {}) {
    const account = (reading: string): SocialAccount => {
      readings.push(reading);
      if (reading === 'anew') token = renewedToken;
      return { url: server.url, token };
    };
    return new HttpSocialNetwork({
      account: { read: async () => account('read'), readAnew: async () => account('anew') },
      firstPauseMs: 1,
      ...options,
    });
  }
  const answer = (...statuses: number[]) => server.answers.push(...statuses.map(status => ({ status })));

  it('posts with the token, under the id of the post', async () => {
    await expect(network().share(share, delivery())).resolves.toEqual({ share_id: 'share-1' });

    expect(server.requests).toEqual([
      {
        headers: expect.objectContaining({
          authorization: 'Bearer token-1',
          'content-type': 'application/json',
          'idempotency-key': '67890',
        }),
        body: share,
      },
    ]);
  });

  it('takes an answer without an id for done, too', async () => {
    server.answers.push({ status: 204, body: '' });

    await expect(network().share(share, delivery())).resolves.toEqual({ share_id: undefined });
  });

  it.each([408, 409, 425, 429, 500, 502, 503])('tries again after %i, under the same key', async status => {
    answer(status, status);

    await expect(network().share(share, delivery())).resolves.toEqual({ share_id: 'share-1' });
    expect(server.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(3).fill('67890'));
  });

  it('gives up after four tries, and the message comes back', async () => {
    answer(503, 503, 503, 503);

    const sharing = network().share(share, delivery());

    await expect(sharing).rejects.toThrow(NetworkDownError);
    await expect(sharing).rejects.toThrow(/HTTP status 503/);
    expect(server.requests).toHaveLength(4);
  });

  it.each([400, 403, 404, 410, 413, 422])('takes %i for final', async status => {
    answer(status);

    await expect(network().share(share, delivery())).rejects.toThrow(ShareRefusedError);
    expect(server.requests).toHaveLength(1);
  });

  it('tries again when no answer comes in time', async () => {
    server.answers.push({ isSilent: true });

    await expect(network({ timeoutMs: 100 }).share(share, delivery())).resolves.toEqual({
      share_id: 'share-1',
    });
  });

  it('says what kept it from connecting, and never the token', async () => {
    await server.stop();
    const sharing = network({ retries: 0 }).share(share, delivery());

    await expect(sharing).rejects.toThrow(/did not answer about post 67890: .*ECONNREFUSED/);
    await expect(sharing).rejects.not.toThrow(/token-1/);
    server = await SocialNetworkServer.start();
  });

  describe('a token that is refused', () => {
    it('is read anew, once, and used if it is another', async () => {
      renewedToken = 'token-2';
      answer(401);

      await expect(network().share(share, delivery())).resolves.toEqual({ share_id: 'share-1' });
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
        'Bearer token-1',
        'Bearer token-2',
      ]);
      expect(readings).toEqual(['read', 'anew']);
    });

    it('is final if it is the same', async () => {
      answer(401);

      await expect(network().share(share, delivery())).rejects.toThrow(/Put a token that it takes/);
      expect(server.requests).toHaveLength(1);
    });

    it('is final if the other is refused, too', async () => {
      renewedToken = 'token-2';
      answer(401, 401);

      await expect(network().share(share, delivery())).rejects.toThrow(ShareRefusedError);
      expect(server.requests).toHaveLength(2);
    });
  });

  describe('the time of the invocation', () => {
    it('bounds the pauses: what the network asks for is waited for elsewhere if it is too long', async () => {
      server.answers.push({ status: 429, headers: { 'retry-after': '60' } });

      await expect(network().share(share, delivery(30_000))).rejects.toThrow(NetworkDownError);
      expect(server.requests).toHaveLength(1);
    });

    it('lets the network have its pause if it is short', async () => {
      server.answers.push({ status: 429, headers: { 'retry-after': '0' } });

      await expect(network().share(share, delivery())).resolves.toEqual({ share_id: 'share-1' });
    });

    it('bounds the tries', async () => {
      server.answers.push({ isSilent: true });

      // Two seconds are kept for recording.
      await expect(network({ retries: 0 }).share(share, delivery(2_100))).rejects.toThrow(/did not answer/);
    });

    it('is not begun when it is over', async () => {
      await expect(network().share(share, delivery(2_000))).rejects.toThrow(OutOfTimeError);
      expect(server.requests).toEqual([]);
    });
  });

  describe('the breaker', () => {
    it('leaves the network alone after five failures in a row, whoever had them', async () => {
      answer(...Array(8).fill(503));
      const social = network();

      await expect(social.share(share, delivery())).rejects.toThrow(NetworkDownError);
      await expect(social.share(share, delivery())).rejects.toThrow(NetworkLeftAloneError);
      await expect(social.share(share, delivery())).rejects.toThrow(NetworkLeftAloneError);
      expect(server.requests).toHaveLength(5);
    });

    it('lets one try decide afterwards', async () => {
      let now = 1_800_000_000_000;
      jest.spyOn(Date, 'now').mockImplementation(() => now);
      answer(503, 503, 503);
      const social = network({ failuresInARow: 2, retries: 0, breakMs: 30_000 });
      for (let tries = 0; tries < 2; tries++) {
        await expect(social.share(share, delivery())).rejects.toThrow(NetworkDownError);
      }
      await expect(social.share(share, delivery())).rejects.toThrow(NetworkLeftAloneError);

      now += 30_000;
      await expect(social.share(share, delivery())).rejects.toThrow(NetworkDownError);
      await expect(social.share(share, delivery())).rejects.toThrow(NetworkLeftAloneError);
      expect(server.requests).toHaveLength(3);

      now += 30_000;
      await expect(social.share(share, delivery())).resolves.toEqual({ share_id: 'share-1' });
      await expect(social.share(share, delivery())).resolves.toEqual({ share_id: 'share-1' });
    });

    it('stays open when the one try fails before the network is asked', async () => {
      let now = 1_800_000_000_000;
      jest.spyOn(Date, 'now').mockImplementation(() => now);
      answer(503, 503);
      let readable = true;
      const read = async () => {
        if (!readable) throw new DependencyDownError('Secrets Manager is down');
        return { url: server.url, token };
      };
      const social = network({ failuresInARow: 1, retries: 0, account: { read, readAnew: read } });
      await expect(social.share(share, delivery())).rejects.toThrow(NetworkDownError);

      now += 30_000;
      readable = false;
      await expect(social.share(share, delivery())).rejects.toThrow(DependencyDownError);
      readable = true;
      await expect(social.share(share, delivery(1_000))).rejects.toThrow(OutOfTimeError);
      // The next is the one try that decides, and decides for all.
      await expect(social.share(share, delivery())).rejects.toThrow(NetworkDownError);
      await expect(social.share(share, delivery())).rejects.toThrow(NetworkLeftAloneError);
      expect(server.requests).toHaveLength(2);
    });

    it('counts no refusals: a network that refuses is not down', async () => {
      answer(...Array(6).fill(422));
      const social = network({ failuresInARow: 2 });

      for (let tries = 0; tries < 6; tries++) {
        await expect(social.share(share, delivery())).rejects.toThrow(ShareRefusedError);
      }
      await expect(social.share(share, delivery())).resolves.toEqual({ share_id: 'share-1' });
    });
  });

  it('passes on that the account cannot be read', async () => {
    const down = new DependencyDownError('Secrets Manager is down');
    const social = network({
      account: { read: () => Promise.reject(down), readAnew: () => Promise.reject(down) },
    });

    await expect(social.share(share, delivery())).rejects.toThrow(down);
  });
});

it.each([
  [null, undefined],
  ['120', 120_000],
  ['Thu, 26 Nov 2026 09:00:30 GMT', 30_000],
  ['Thu, 26 Nov 2026 08:00:00 GMT', 0],
  ['soon', undefined],
])('Retry-After of %j is %j ms', (header, expected) => {
  expect(retryAfterMs(header, Date.parse('2026-11-26T09:00:00Z'))).toBe(expected);
});
