import { jobs } from './job-registry.ts';
import { runWorkerProcess } from './worker-process.ts';

process.exit(await runWorkerProcess(jobs));
