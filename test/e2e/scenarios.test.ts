import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { RabbitMqServer } from '../../local/brokers/rabbitmq-server.ts';
import { systemsWithScenario } from '../../local/scenarios/scenario-catalogue.ts';
import { describeWithActiveMq } from '../support/activemq.ts';
import { repository } from '../support/temporary-directory.ts';

interface Step {
  readonly system: string;
  readonly name: string;
  readonly passed: boolean;
  readonly error?: string;
}

/** Runs checks as `npm start -- --check` does: on one cloud, on free ports. */
async function check(...what: readonly string[]): Promise<readonly Step[]> {
  const options = [...what, '--check', '--json', '--port', '0', '--http-port', '0'];
  const output = await new Promise<string>((settled, failed) => {
    execFile(
      process.execPath,
      [join(repository, 'local/main.ts'), ...options],
      { cwd: repository, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => (stdout === '' && error ? failed(new Error(stderr)) : settled(stdout)),
    );
  });
  return (JSON.parse(output) as { steps: readonly Step[] }).steps;
}

/** Whether this machine has what a system needs: it is not checked otherwise. */
function isRun(system: string): boolean {
  return system !== 'message-broker' || RabbitMqServer.program !== undefined;
}

describe('on the local cloud', () => {
  let steps: readonly Step[];

  beforeAll(async () => {
    steps = await check('--all');
  }, 600_000);

  it.each(systemsWithScenario())('%s does what its scenario says', system => {
    const ofSystem = steps.filter(step => step.system === system);
    expect(ofSystem.filter(step => !step.passed)).toEqual([]);
    expect(ofSystem.length).toBeGreaterThan(isRun(system) ? 3 : -1);
  });
});

describeWithActiveMq('on the local cloud, with a value of the stage that is not the default', () => {
  it('message-broker does on ActiveMQ what its scenario says', async () => {
    const steps = await check('message-broker', '--context', 'brokerEngine=activemq');
    expect(steps.filter(step => !step.passed)).toEqual([]);
    expect(steps.length).toBeGreaterThan(3);
  }, 300_000);
});
