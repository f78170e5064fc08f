import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Aws, Token } from 'aws-cdk-lib';
import { type BootScriptProps, bootScript } from '../../../../lib/constructs/fleet/boot-script.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

function script(props: Partial<BootScriptProps> = {}): string {
  return bootScript({
    groupName: 'video-processing-back-end',
    readyHook: 'ready',
    code: { bucketName: 'assets', objectKey: 'bundle.zip' },
    environment: { JOB: 'cut-video' },
    logGroupName: 'workers',
    healthPort: 8080,
    stopTimeoutSeconds: 915,
    ...props,
  });
}

/** Files that the script writes by themselves, by their paths. */
function filesOf(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/^cat > (\S+) <<'END'\n(.*?)\nEND$/gms);
  return Object.fromEntries([...found].map(([, path = '', content = '']) => [path, content]));
}

/** What a shell would have in its variables after it read the file as systemd does. */
function variablesIn(environmentFile: string): Readonly<Record<string, string>> {
  const directory = temporaryDirectory();
  const path = join(directory, 'environment');
  writeFileSync(path, environmentFile);
  // Between double quotes, systemd and the shell agree on what a backslash does.
  const print = `set -a; . '${path}'; exec '${process.execPath}' -p 'JSON.stringify(process.env)'`;
  return JSON.parse(execFileSync('bash', ['--norc', '-c', print], { env: {} }).toString());
}

/**
 * Runs the script with every command that it calls replaced by one that writes down how it was called.
 *
 * @param failing command that fails.
 * @returns commands as they were called, with their arguments.
 */
function run(failing?: string): { readonly calls: readonly string[]; readonly failed: boolean } {
  const directory = temporaryDirectory();
  const log = join(directory, 'calls');
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  const tools = ['aws', 'chmod', 'curl', 'dnf', 'install', 'rm', 'systemctl', 'unzip', 'useradd'];
  for (const tool of tools) {
    const answer = tool === 'curl' ? 'echo i-0123' : ':';
    const outcome = tool === failing ? 'exit 1' : 'exit 0';
    writeFileSync(join(bin, tool), `#!/bin/bash\necho "${tool} $*" >> ${log}\n${answer}\n${outcome}\n`, {
      mode: 0o755,
    });
  }
  const agent = 'opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl';
  const relocated = script()
    // The region, which only the deployment knows.
    .replaceAll(/\$\{Token\[[^\]]*\]\}/g, 'eu-west-1')
    .replaceAll(/(?<=[ :\n])\/(?=etc\/|opt\/)/g, `${directory}/`);
  for (const path of [
    agent,
    'opt/aws/amazon-cloudwatch-agent/etc/x',
    'opt/worker/x',
    'etc/worker/x',
    'etc/logrotate.d/x',
    'etc/systemd/system/logrotate.timer.d/x',
  ]) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
  }
  writeFileSync(join(directory, agent), `#!/bin/bash\necho "agent $*" >> ${log}\n`, { mode: 0o755 });
  let failed = false;
  try {
    execFileSync('bash', ['--norc', '-c', relocated], {
      env: { PATH: `${bin}:/usr/bin:/bin` },
      stdio: 'pipe',
    });
  } catch {
    failed = true;
  }
  const calls = readFileSync(log, 'utf8').trimEnd().split('\n');
  return { calls: calls.map(call => call.replaceAll(directory, '')), failed };
}

const reports = (calls: readonly string[]) =>
  calls.filter(call => call.includes('complete-lifecycle-action'));

/** Instances have a shell; who works on Windows may have none. */
const describeWithShell = process.platform === 'win32' ? describe.skip : describe;

describeWithShell('boot script', () => {
  it('reports for service when the worker answers that it is healthy, and not before', () => {
    const { calls, failed } = run();
    expect(failed).toBe(false);
    expect(calls.at(-2)).toMatch(/^curl .*http:\/\/127\.0\.0\.1:8080\/health$/);
    expect(reports(calls)).toEqual([
      'aws autoscaling complete-lifecycle-action --auto-scaling-group-name video-processing-back-end ' +
        '--lifecycle-hook-name ready --instance-id i-0123 --lifecycle-action-result CONTINUE',
    ]);
    expect(calls.at(-1)).toBe(reports(calls)[0]);
  });

  it.each(['dnf', 'unzip', 'systemctl', 'useradd'])(
    'gives the instance up at once when %s fails, so that another takes its place',
    tool => {
      const { calls, failed } = run(tool);
      expect(failed).toBe(true);
      expect(reports(calls)).toEqual([expect.stringMatching(/--lifecycle-action-result ABANDON$/)]);
    },
  );

  it('ships logs before anything that may fail is tried with the worker', () => {
    const { calls } = run();
    const order = ['dnf install', 'agent -a fetch-config', 'aws s3 cp', 'systemctl enable'];
    const places = order.map(start => calls.findIndex(call => call.startsWith(start)));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('takes packages from the distribution, and the worker from its object', () => {
    const { calls } = run();
    expect(calls.find(call => call.startsWith('dnf'))).toMatch(/ nodejs24 amazon-cloudwatch-agent /);
    expect(calls).toContain('aws s3 cp --only-show-errors s3://assets/bundle.zip /opt/worker/bundle.zip');
  });

  it('fits into user data', () => {
    expect(Buffer.byteLength(script())).toBeLessThan(12 * 1_024);
  });

  it('gives the worker its variables as they are, whatever they hold', () => {
    const environment = { JOB: 'cut-video', TEXT: 'a "b" \\ `c` $HOME $(d) #e', EMPTY: '' };
    const file = filesOf(script({ environment }))['/etc/worker/environment'] ?? '';
    expect(variablesIn(file)).toMatchObject(environment);
  });

  it('leaves alone the marks of what only the deployment knows', () => {
    const region = Aws.REGION;
    const file = filesOf(script({ environment: { REGION: region, PRICE: '$5' } }))['/etc/worker/environment'];
    expect(Token.isUnresolved(region)).toBe(true);
    expect(file).toBe(`REGION="${region}"\nPRICE="\\$5"`);
  });

  it("ships the worker's lines under the instance's id, and its boot beside them", () => {
    const configuration = JSON.parse(
      filesOf(script())['/opt/aws/amazon-cloudwatch-agent/etc/worker.json'] ?? '',
    );
    expect(configuration.logs.logs_collected.files.collect_list).toEqual([
      {
        file_path: '/var/log/worker/worker.log',
        log_group_name: 'workers',
        log_stream_name: '{instance_id}',
      },
      {
        file_path: '/var/log/cloud-init-output.log',
        log_group_name: 'workers',
        log_stream_name: '{instance_id}/boot',
      },
    ]);
  });
});

describe('unit of the worker', () => {
  const unit = filesOf(script())['/etc/systemd/system/worker.service'] ?? '';
  const settings = Object.fromEntries(
    unit.split('\n').map(line => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );

  it('runs the bundle with Node.js 24 as a user without privileges', () => {
    expect(settings).toMatchObject({
      ExecStart: expect.stringMatching(/^\/usr\/bin\/node-24 (--[a-z-]+ )*\/opt\/worker\/main\.mjs$/),
      User: 'worker',
      NoNewPrivileges: 'yes',
      CapabilityBoundingSet: '',
      ProtectSystem: 'strict',
      ProtectHome: 'yes',
      PrivateTmp: 'yes',
      StateDirectory: 'worker',
    });
  });

  it('does not forbid what Node.js compiles with', () => {
    expect(settings).not.toHaveProperty('MemoryDenyWriteExecute');
  });

  it('lets a worker that is told to stop go on for as long as a job may', () => {
    expect(settings).toMatchObject({ TimeoutStopSec: '915', KillMode: 'mixed' });
  });

  it('starts a worker again that crashed, not one that has drained, and gives up one that keeps crashing', () => {
    expect(settings).toMatchObject({
      Restart: 'on-failure',
      StartLimitBurst: '5',
      OnFailure: 'worker-failed.service',
    });
    expect(script()).toContain('--instance-id "$instance" --health-status Unhealthy');
  });
});
