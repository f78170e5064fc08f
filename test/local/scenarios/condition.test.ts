import { until } from '../../../local/scenarios/condition.ts';

describe('until', () => {
  it('probes again until nothing is missing', async () => {
    let probes = 0;
    await until(async () => (++probes < 3 ? 'too early' : undefined), { intervalInMilliseconds: 1 });

    expect(probes).toBe(3);
  });

  it('fails when the time is over, with what was missing', async () => {
    const waiting = until(async () => '2 of 3 orders', {
      timeoutInMilliseconds: 5,
      intervalInMilliseconds: 1,
    });

    await expect(waiting).rejects.toThrow('Still so after 0.005 s: 2 of 3 orders');
  });
});
