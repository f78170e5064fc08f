import { styleText } from 'node:util';
import { startLocalCloud } from './cloud.ts';
import { parseCommandLine, type RunOptions } from './command-line.ts';
import { CheckReport } from './console/check-report.ts';
import { LiveView } from './console/live-view.ts';
import { startReport } from './console/start-report.ts';
import { writeOutputsFile } from './outputs-file.ts';
import { checkLogTrail } from './scenarios/log-trail-check.ts';
import { RunningSystems } from './scenarios/running-system.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { scenarioOf, systemsWithScenario } from './scenarios/scenario-catalogue.ts';
import { synthesize } from './synthesis.ts';

/** Systems that are checked at the same time: most of a check is waiting for messages to come back. */
const checksAtOnce = 3;

const started = performance.now();
const options = parseCommandLine(process.argv);
/** What is for people goes where it does not mix with what is for machines. */
const print = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);

try {
  process.exitCode = await run(options);
} catch (error) {
  print(styleText('red', (error as Error).message));
  process.exitCode = 1;
}

async function run(options: RunOptions): Promise<number> {
  const systems = options.systems.length > 0 ? options.systems : systemsWithScenario();
  print(styleText('bold', `Messaging on this machine: ${systems.join(', ')}`));
  const assemblyDirectory = options.assembly ?? (await synthesize(options.context));
  print(
    options.assembly ? `synthesized before, in ${options.assembly}` : `synthesized in ${seconds(started)}`,
  );

  const scenarios = new Map<string, Scenario>();
  for (const system of systems) {
    const scenario = await scenarioOf(system);
    if (scenario) scenarios.set(system, scenario);
    else if (options.check)
      throw new Error(
        `${system} has no scenario to check. Checked can be: ${systemsWithScenario().join(', ')}.`,
      );
  }
  const cloud = await startLocalCloud({
    assemblyDirectory,
    systems,
    port: options.port,
    httpPort: options.httpPort,
    maxVisibilityTimeoutSeconds: options.visibility,
    workers: options.workers,
    parameters: options.parameters,
    environmentOverrides: Object.assign({}, ...[...scenarios.values()].map(scenario => scenario.environment)),
  });
  const interrupted = new Promise<void>(resolve => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const running = new RunningSystems(cloud);
  try {
    if (options.writeOutputs) writeOutputsFile(options.writeOutputs, cloud.stacks);
    for (const line of startReport(cloud)) print(line);
    print(`started in ${seconds(started)}\n`);
    if (options.check) return await check();
    await demonstrate();
    return 0;
  } finally {
    await cloud.stop();
    running.close();
  }

  async function check(): Promise<number> {
    const report = new CheckReport(print);
    const checks = cloud.stacks.flatMap(stack => {
      const scenario = scenarios.get(stack.name);
      return scenario ? [{ stack, scenario, part: report.part(stack.name) }] : [];
    });
    await Promise.all(
      Array.from({ length: checksAtOnce }, async () => {
        for (let next = checks.shift(); next !== undefined; next = checks.shift()) {
          const { stack, scenario, part } = next;
          const lacking = scenario.lacking?.(stack);
          if (lacking !== undefined) {
            part.leaveOut(lacking);
            continue;
          }
          const system = running.of(stack);
          await part.run(async steps => {
            await scenario.check(system, steps, { volume: options.orders });
            await checkLogTrail(system, steps);
          });
        }
      }),
    );
    const failed = report.results.filter(result => !result.passed).length;
    print(
      `\n${report.results.length - failed} of ${report.results.length} steps held, in ${seconds(started)}`,
    );
    if (options.json)
      process.stdout.write(`${JSON.stringify({ passed: report.passed, steps: report.results }, null, 2)}\n`);
    return report.passed ? 0 : 1;
  }

  async function demonstrate(): Promise<void> {
    const view = new LiveView(cloud, print);
    view.open();
    const tell = (line: string) => print(styleText('bold', line));
    const demonstrations = Promise.all(
      cloud.stacks.map(stack => {
        const scenario = scenarios.get(stack.name);
        const lacking = scenario?.lacking?.(stack);
        return lacking === undefined
          ? scenario?.demonstrate(running.of(stack), tell)
          : tell(`${stack.name} is not run: this machine lacks ${lacking}`);
      }),
    );
    await Promise.race([demonstrations, interrupted]);
    tell('Stays up until Ctrl-C.');
    await interrupted;
    view.close();
    print('\nStopping: what is in hand is finished first.');
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}
