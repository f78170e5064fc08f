import type { Charge, ChargeKind } from '../charge.ts';
import { hoursPerMonth } from '../settings.ts';
import { type Resource, referredId } from '../templates.ts';
import type { MessageFlow } from '../traffic/message-flow.ts';
import type { CostModel } from './model.ts';

const unitsOfVcpu = 1_024;
const megabytesPerGigabyte = 1_024;

/** The Fargate tasks that a service always has, and those that traffic brings. */
export const containerServiceModel: CostModel = (service, flow) => {
  const { path, properties } = service;
  const task = flow.template.resources.find(({ id }) => id === referredId(properties.TaskDefinition));
  return [
    ...taskHours(task, leastTasks(service, flow) * hoursPerMonth, 'standing'),
    ...taskHours(task, flow.monthly(flow.profile?.fleets?.[path]) / 3_600, 'traffic'),
  ];
};

/** What scaling does not go below; where nothing scales, what the service wants. */
function leastTasks({ id, properties }: Resource, flow: MessageFlow): number {
  const target = flow
    .ofType('AWS::ApplicationAutoScaling::ScalableTarget')
    .find(scaled => JSON.stringify(scaled.properties.ResourceId).includes(`"${id}"`));
  return Number(target?.properties.MinCapacity ?? properties.DesiredCount ?? 1);
}

function taskHours(task: Resource | undefined, hours: number, kind: ChargeKind): readonly Charge[] {
  if (!task || hours === 0) return [];
  const { Cpu: cpu, Memory: memory, RuntimePlatform: platform } = task.properties;
  const arm = (platform as { CpuArchitecture?: string } | undefined)?.CpuArchitecture === 'ARM64';
  const prefix = arm ? 'fargate-arm' : 'fargate-x86';
  return [
    { price: `${prefix}-vcpu`, quantity: (hours * Number(cpu)) / unitsOfVcpu, kind },
    { price: `${prefix}-gb`, quantity: (hours * Number(memory)) / megabytesPerGigabyte, kind },
  ];
}
