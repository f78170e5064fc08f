import { runInProcess } from './command/run-in-process.ts';
import { runReplay } from './replay/program.ts';

await runInProcess(runReplay, process.argv.slice(2));
