import { Duration, type Stack } from 'aws-cdk-lib';
import * as v from 'valibot';
import type { JobContract } from '../../contracts/worker.ts';
import { DurableQueue } from '../../lib/constructs/durable-queue.ts';
import type { WorkerTierProps } from '../../lib/constructs/fleet/worker-tier.ts';
import { MessageKey } from '../../lib/constructs/message-key.ts';
import type { EndpointService } from '../../lib/constructs/network/endpoint-services.ts';
import { PrivateNetwork } from '../../lib/constructs/private-network.ts';

const environment = v.object({ OUTPUT_BUCKET: v.string() });

/** A kind of job, as far as infrastructure needs it. */
export const cutVideo: JobContract<unknown, typeof environment> = {
  kind: 'cut-video',
  message: v.unknown(),
  environment,
};

export type TierProps = WorkerTierProps<unknown, typeof environment>;

/** What every tier of workers needs, in a stack: a queue with a key, a network with the named services. */
export function tierProps(stack: Stack, services: readonly EndpointService[]): TierProps {
  return {
    network: new PrivateNetwork(stack, 'Network', { services }),
    queue: new DurableQueue(stack, 'Jobs', {
      key: new MessageKey(stack, 'Key', { description: 'Encrypts jobs' }),
      visibilityTimeout: Duration.minutes(5),
    }),
    job: cutVideo,
    environment: { OUTPUT_BUCKET: 'cut' },
    serviceName: 'back-end',
    metricsNamespace: 'VideoProcessing',
    logLevel: 'INFO',
    timePerMessage: Duration.minutes(2),
    acceptableLatency: Duration.minutes(20),
  };
}
