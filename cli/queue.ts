#!/usr/bin/env node
import { runInProcess } from './command/run-in-process.ts';
import { runQueue } from './queue/program.ts';

await runInProcess(runQueue, process.argv.slice(2));
