import { runInProcess } from './command/run-in-process.ts';
import { runQueue } from './queue/program.ts';

// `npm run redrive -- <queue>` is `npm run queue -- dlq redrive <queue>`.
await runInProcess(runQueue, ['dlq', 'redrive', ...process.argv.slice(2)]);
