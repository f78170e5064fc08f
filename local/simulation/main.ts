import { writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { readAssembly } from '../assembly/cloud-assembly.ts';
import { synthesize } from '../synthesis.ts';
import { drawSvg } from './chart.ts';
import { parseCommandLine, type SimulateOptions } from './command-line.ts';
import { formatDuration } from './durations.ts';
import { playFleets } from './play.ts';
import { reportOf } from './report.ts';

const options = parseCommandLine(process.argv);
/** What is for people goes where it does not mix with what is for machines. */
const print = (line: string) => void (options.json ? process.stderr : process.stdout).write(`${line}\n`);

try {
  await run(options);
} catch (error) {
  print(styleText('red', (error as Error).message));
  process.exitCode = 1;
}

async function run({ stack, loadText, seed, svg, json, assembly, context }: SimulateOptions): Promise<void> {
  const plays = playFleets(readAssembly(assembly ?? (await synthesize(context))), options);
  for (const { model, assumptions, summary, until } of plays) {
    print(styleText('bold', `${stack}, ${loadText} for ${formatDuration(until)}, seed ${seed}`));
    for (const line of reportOf(model, assumptions, summary)) print(line);
    for (const finding of summary.findings) print(styleText('yellow', `  ! ${finding}`));
    print('');
  }
  if (svg) {
    writeFileSync(
      svg,
      drawSvg(
        plays.map(({ model, result }) => ({ title: `${model.name}, ${loadText}`, samples: result.samples })),
      ),
    );
    print(`drawn in ${svg}`);
  }
  if (json)
    process.stdout.write(
      `${JSON.stringify(
        plays.map(({ summary }) => summary),
        null,
        2,
      )}\n`,
    );
}
