import type { WorkerEnvironment } from '../../contracts/worker.ts';
import type { Log } from '../observability/log.ts';
import { Ec2Platform } from './ec2-platform.ts';
import { EcsPlatform } from './ecs-platform.ts';
import { InstanceMetadata } from './instance-metadata.ts';
import type { LifecycleAction } from './lifecycle-action.ts';
import { localPlatform, type Platform } from './platform.ts';
import { AgentTaskProtection } from './task-protection.ts';

const groupNameTag = 'tags/instance/aws:autoscaling:groupName';
const groupNameRemedy =
  'Turn InstanceMetadataTags on in the launch template, or set AUTO_SCALING_GROUP_NAME.';

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
  if (hookName === undefined) return undefined;
  // Loaded where it is used: its client takes longer to load than the rest of the worker.
  const { AutoScalingLifecycleAction } = await import('./lifecycle-action.ts');
  return new AutoScalingLifecycleAction({
    region: environment.AWS_REGION,
    hookName,
    groupName: async () => groupName ?? (await metadata.need(groupNameTag, groupNameRemedy)),
    instanceId: () => metadata.need('instance-id', 'Is this an EC2 instance?'),
  });
}
