import { stripVTControlCharacters } from 'node:util';
import { CheckReport } from '../../../local/console/check-report.ts';

function report(): { report: CheckReport; lines: string[] } {
  const lines: string[] = [];
  return { report: new CheckReport(line => lines.push(stripVTControlCharacters(line))), lines };
}

describe('CheckReport', () => {
  it('passes when every step held, and tells of each', async () => {
    const { report: checks, lines } = report();

    await checks.part('orders').run(async ({ step }) => {
      await step('orders are taken', async () => '20 of them');
      await step('orders are charged', async () => undefined);
    });

    expect(checks.passed).toBe(true);
    expect(checks.results.map(result => result.name)).toEqual(['orders are taken', 'orders are charged']);
    expect(lines[0]).toBe('orders');
    expect(lines[1]).toMatch(/^✓ +\d\.\d\d s {2}orders are taken – 20 of them$/);
  });

  it('ends a check at the first step that does not hold', async () => {
    const { report: checks, lines } = report();

    await checks.part('orders').run(async ({ step }) => {
      await step('orders are taken', async () => {
        throw new Error('503 instead of 202');
      });
      await step('orders are charged', async () => undefined);
    });

    expect(checks.passed).toBe(false);
    expect(checks.results).toHaveLength(1);
    expect(lines[1]).toContain('✗');
    expect(lines[1]).toContain('503 instead of 202');
  });

  it('fails when the check itself breaks between its steps', async () => {
    const { report: checks } = report();

    await checks.part('orders').run(async () => {
      throw new TypeError('no such output');
    });

    expect(checks.passed).toBe(false);
    expect(checks.results[0]?.error).toContain('no such output');
  });

  it('does not pass when nothing was checked', () => {
    expect(report().report.passed).toBe(false);
  });

  it('passes when what was not checked cannot run on this machine, and says what is lacking', () => {
    const { report: checks, lines } = report();

    checks.part('message-broker').leaveOut('a rabbitmq-server');

    expect(checks.passed).toBe(true);
    expect(lines).toEqual(['message-broker', 'not run: this machine lacks a rabbitmq-server']);
    expect(checks.notRun).toEqual(['message-broker']);
  });

  it('tells of systems one after the other, although they are checked at the same time', async () => {
    const { report: checks, lines } = report();
    const orders = checks.part('orders');
    const parcels = checks.part('parcels');
    const { promise, resolve } = Promise.withResolvers<undefined>();

    const checkingOrders = orders.run(({ step }) => step('orders are taken', () => promise));
    await parcels.run(({ step }) => step('parcels are seen', async () => undefined));
    expect(lines).toEqual(['orders']);
    resolve(undefined);
    await checkingOrders;

    expect(lines.map(line => line.replace(/^✓.* s {2}/, ''))).toEqual([
      'orders',
      'orders are taken',
      'parcels',
      'parcels are seen',
    ]);
    expect(checks.results.map(({ system }) => system)).toEqual(['orders', 'parcels']);
  });
});
