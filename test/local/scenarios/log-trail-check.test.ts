import { LogQuery } from '../../../local/scenarios/log-query.ts';
import { checkLogTrail } from '../../../local/scenarios/log-trail-check.ts';
import type { RunningSystem } from '../../../local/scenarios/scenario.ts';

const logQuery = new LogQuery(
  "fields @timestamp, service, order_id, xray_trace_id, error.name\n| filter order_id = '{{id}}'\n| sort @timestamp asc\n| limit 9",
);

/** What the step tells of a system that logged these lines. */
async function told(...log: RunningSystem['log']): Promise<string | undefined> {
  let details: string | undefined;
  const system = { logQuery, log } as unknown as RunningSystem;
  await checkLogTrail(system, {
    async step(_, act) {
      details = await act();
    },
  });
  return details;
}

const line = (service: string, fields: object) => ({
  functionName: `orders-${service}`,
  fields: { service, ...fields },
});

describe('checkLogTrail', () => {
  it('tells through which programs the longest trail goes', async () => {
    const details = told(
      line('intake', { order_id: '1' }),
      line('intake', { order_id: '2' }),
      line('payment', { order_id: '2' }),
    );
    await expect(details).resolves.toBe('order_id: intake → payment');
  });

  it('fails when the query shows a field that nothing logs', async () => {
    await expect(told(line('intake', { orderId: '1' }))).rejects.toThrow('fields that no line has: order_id');
  });

  it('fails when no line has an id to look for', async () => {
    await expect(told(line('intake', { order_id: 1 }))).rejects.toThrow('No line has an id');
  });
});
