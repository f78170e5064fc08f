import type { Command } from 'commander';
import { localEndpoint } from '../aws/connection.ts';
import { UsageError } from '../command-errors.ts';
import type { QueueAddress } from '../queues/queue-address.ts';
import { httpUrl } from './option-values.ts';

/** Options that every command has. */
export interface CommonFlags {
  readonly json?: boolean;
  readonly local?: boolean;
  readonly endpoint?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly outputs?: string;
}

export function addCommonOptions(command: Command): void {
  command
    .option('--json', 'JSON on standard output; everything else on standard error')
    .option('--local', `the local cloud, at ${localEndpoint}`)
    .option('--endpoint <url>', 'another AWS endpoint, such as the local cloud on another port', httpUrl)
    .option('--region <region>', "AWS region (default: the queue's, the environment's or the profile's)")
    .option('--profile <name>', 'profile of your AWS configuration')
    .option(
      '--outputs <file>',
      'stack outputs as `cdk deploy --outputs-file` writes them, to name queues by',
    );
}

/** Where requests go, if not to AWS. */
export function endpointOf(queue: QueueAddress | undefined, flags: CommonFlags): string | undefined {
  const { local, endpoint } = flags;
  if (local && endpoint) {
    throw new UsageError('--local and --endpoint both say where to go: keep one of them.');
  }
  return local ? localEndpoint : (endpoint ?? queue?.endpoint);
}

export function regionOf(queue: QueueAddress | undefined, { region }: CommonFlags): string | undefined {
  if (region && queue?.region && region !== queue.region) {
    throw new UsageError(
      `${queue.text} is in ${queue.region}, and --region says ${region}: leave --region out, or correct one of them.`,
    );
  }
  return region ?? queue?.region;
}
