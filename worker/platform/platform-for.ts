import type { WorkerEnvironment } from '../../contracts/worker.ts';
import type { Log } from '../observability/log.ts';
import { Ec2Platform } from './ec2-platform.ts';
import { EcsPlatform } from './ecs-platform.ts';
import { InstanceMetadata, InstanceMetadataError } from './instance-metadata.ts';
import type { LifecycleAction } from './lifecycle-action.ts';
import { localPlatform, type Platform } from './platform.ts';
import { AgentTaskProtection } from './task-protection.ts';

/** The platform that the environment names. */
export async function platformFor(environment: WorkerEnvironment, log: Log): Promise<Platform> {
  switch (environment.PLATFORM) {
    case 'ec2':
      return ec2Platform(environment, log);
    case 'ecs':
      // The schema has seen to it that the variable is set.
      return new EcsPlatform({ protection: new AgentTaskProtection(environment.ECS_AGENT_URI ?? ''), log });
    case 'local':
      return localPlatform;
  }
}

async function ec2Platform(environment: WorkerEnvironment, log: Log): Promise<Platform> {
  const metadata = new InstanceMetadata(environment.AWS_EC2_METADATA_SERVICE_ENDPOINT);
  return new Ec2Platform({
    metadata,
    lifecycleAction: await lifecycleAction(environment, metadata),
    noticeIntervalMs: environment.NOTICE_INTERVAL_SECONDS * 1_000,
    lifecycleHeartbeatMs: environment.LIFECYCLE_HEARTBEAT_SECONDS * 1_000,
    scaleInMs: environment.JOB_TIMEOUT_SECONDS * 1_000,
    log,
  });
}

async function lifecycleAction(
  environment: WorkerEnvironment,
  metadata: InstanceMetadata,
): Promise<LifecycleAction | undefined> {
  const { AUTO_SCALING_GROUP_NAME: groupName, LIFECYCLE_HOOK_NAME: hookName } = environment;
  if (groupName === undefined || hookName === undefined) return undefined;
  // Loaded where it is used: its client takes longer to load than the rest of the worker.
  const { AutoScalingLifecycleAction } = await import('./lifecycle-action.ts');
  return new AutoScalingLifecycleAction({
    region: environment.AWS_REGION,
    groupName,
    hookName,
    instanceId: () => instanceId(metadata),
  });
}

async function instanceId(metadata: InstanceMetadata): Promise<string> {
  const id = await metadata.get('instance-id');
  if (id === undefined) throw new InstanceMetadataError('The instance metadata have no instance-id.');
  return id;
}
