import { stripVTControlCharacters } from 'node:util';
import { CheckReport } from '../../../local/console/check-report.ts';

function report(): { report: CheckReport; lines: string[] } {
  const lines: string[] = [];
  return { report: new CheckReport(line => lines.push(stripVTControlCharacters(line))), lines };
}

describe('CheckReport', () => {
  it('passes when every step held, and tells of each', async () => {
    const { report: checks, lines } = report();

    await checks.run('orders', async ({ step }) => {
      await step('orders are taken', async () => '20 of them');
      await step('orders are charged', async () => undefined);
    });

    expect(checks.passed).toBe(true);
    expect(checks.results.map(result => result.name)).toEqual(['orders are taken', 'orders are charged']);
    expect(lines[0]).toMatch(/^✓ +\d\.\d\d s {2}orders are taken – 20 of them$/);
  });

  it('ends a check at the first step that does not hold', async () => {
    const { report: checks, lines } = report();

    await checks.run('orders', async ({ step }) => {
      await step('orders are taken', async () => {
        throw new Error('503 instead of 202');
      });
      await step('orders are charged', async () => undefined);
    });

    expect(checks.passed).toBe(false);
    expect(checks.results).toHaveLength(1);
    expect(lines[0]).toContain('✗');
    expect(lines[0]).toContain('503 instead of 202');
  });

  it('fails when the check itself breaks between its steps', async () => {
    const { report: checks } = report();

    await checks.run('orders', async () => {
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

    checks.leaveOut('message-broker', 'a rabbitmq-server');

    expect(checks.passed).toBe(true);
    expect(lines).toEqual(['not run: this machine lacks a rabbitmq-server']);
  });
});
