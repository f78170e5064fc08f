import { CreateScheduleGroupCommand } from '@aws-sdk/client-scheduler';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html */
const NAME_LIMIT = 64;

export const scheduleGroupProvider: ResourceProvider = {
  type: 'AWS::Scheduler::ScheduleGroup',
  phase: 'stores',
  identify(resource) {
    const name = groupName(resource);
    return {
      ref: name,
      attributes: {
        Arn: `arn:aws:scheduler:${resource.region}:${ACCOUNT_ID}:schedule-group/${name}`,
        State: 'ACTIVE',
      },
    };
  },
  async provision(resource, services) {
    const scheduler = services.clients.scheduler(resource.region);
    await scheduler.send(new CreateScheduleGroupCommand({ Name: groupName(resource) }));
  },
};

function groupName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('Name'), { limit: NAME_LIMIT });
}
