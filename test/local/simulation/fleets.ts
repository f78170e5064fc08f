import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as v from 'valibot';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { PrivateNetwork } from '../../../lib/constructs/private-network.ts';
import { WorkerFleet } from '../../../lib/constructs/worker-fleet.ts';
import { WorkerService } from '../../../lib/constructs/worker-service.ts';

process.env.CDK_VALIDATION = 'false';

/**
 * Synthesizes a stack `instances` and a stack `tasks`: up to 50 workers that take a minute a message and
 * may let it wait for ten.
 *
 * @returns the directory of the cloud assembly.
 */
export function synthesizeFleets(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'fleets-'));
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  const instances = new Stack(app, 'instances');
  new WorkerFleet(instances, 'BackEnd', {
    ...tierIn(instances),
    network: new PrivateNetwork(instances, 'Network', { services: WorkerFleet.services }),
    maxInstances: 50,
  });
  const tasks = new Stack(app, 'tasks');
  new WorkerService(tasks, 'BackEnd', {
    ...tierIn(tasks),
    network: new PrivateNetwork(tasks, 'Network', { services: WorkerService.services }),
    maxTasks: 50,
  });
  new DurableQueue(new Stack(app, 'unscaled'), 'Jobs', { visibilityTimeout: Duration.minutes(2) });
  app.synth();
  return outdir;
}

function tierIn(stack: Stack) {
  return {
    queue: new DurableQueue(stack, 'Jobs', { visibilityTimeout: Duration.minutes(2) }),
    job: { kind: 'nothing', message: v.unknown(), environment: v.object({}) },
    environment: {},
    serviceName: 'back-end',
    metricsNamespace: 'Videos',
    logLevel: 'INFO' as const,
    timePerMessage: Duration.minutes(1),
    acceptableLatency: Duration.minutes(10),
    jobTimeout: Duration.minutes(20),
    concurrency: 1,
  };
}
