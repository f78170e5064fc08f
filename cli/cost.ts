import { runInProcess } from './command/run-in-process.ts';
import { runCost } from './cost/program.ts';

await runInProcess(runCost, process.argv.slice(2));
