import { runInProcess } from './queue/run-in-process.ts';

// `npm run redrive -- <queue>` is `npm run queue -- dlq redrive <queue>`.
await runInProcess(['dlq', 'redrive', ...process.argv.slice(2)]);
