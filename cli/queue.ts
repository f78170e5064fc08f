#!/usr/bin/env node
import { runInProcess } from './queue/run-in-process.ts';

await runInProcess(process.argv.slice(2));
