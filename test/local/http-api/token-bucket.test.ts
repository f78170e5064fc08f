import { TokenBucket } from '../../../local/http-api/token-bucket.ts';

describe('TokenBucket', () => {
  it('lets a burst through, then the rate', () => {
    let now = 0;
    const bucket = new TokenBucket({ rateLimit: 2, burstLimit: 3 }, () => now);

    const burst = [bucket.take(), bucket.take(), bucket.take(), bucket.take()];
    now = 499;
    const tooEarly = bucket.take();
    now = 500;
    const inTime = bucket.take();

    expect(burst).toEqual([true, true, true, false]);
    expect([tooEarly, inTime]).toEqual([false, true]);
  });

  it('saves up no more than a burst', () => {
    let now = 0;
    const bucket = new TokenBucket({ rateLimit: 100, burstLimit: 1 }, () => now);

    now = 60_000;

    expect([bucket.take(), bucket.take()]).toEqual([true, false]);
  });

  it('lets nothing through without a burst', () => {
    expect(new TokenBucket({ rateLimit: 10, burstLimit: 0 }).take()).toBe(false);
  });
});
