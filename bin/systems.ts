import type { App } from 'aws-cdk-lib';
import { stageConfigFrom } from '../lib/config/stage.ts';
import { AuditStack } from '../lib/stacks/audit-stack.ts';
import { ContainerWorkersStack } from '../lib/stacks/container-workers-stack.ts';
import { CrossAccountQueueStack } from '../lib/stacks/cross-account-queue-stack.ts';
import { CrossAccountTopicStack } from '../lib/stacks/cross-account-topic-stack.ts';
import { CrossRegionPrimaryStack } from '../lib/stacks/cross-region-primary-stack.ts';
import { CrossRegionSecondaryStack } from '../lib/stacks/cross-region-secondary-stack.ts';
import { DelayedTasksStack } from '../lib/stacks/delayed-tasks-stack.ts';
import { EventArchiveStack } from '../lib/stacks/event-archive-stack.ts';
import { FileUploadsStack } from '../lib/stacks/file-uploads-stack.ts';
import { MemeFactoryStack } from '../lib/stacks/meme-factory-stack.ts';
import { MessageBrokerStack } from '../lib/stacks/message-broker-stack.ts';
import { NotificationsStack } from '../lib/stacks/notifications-stack.ts';
import { OperationsStack } from '../lib/stacks/operations-stack.ts';
import { OrderLedgerStack } from '../lib/stacks/order-ledger-stack.ts';
import { OrderProcessingStack } from '../lib/stacks/order-processing-stack.ts';
import { OrderWorkflowStack } from '../lib/stacks/order-workflow-stack.ts';
import { PrivateMessagingStack } from '../lib/stacks/private-messaging-stack.ts';
import { ServiceEventsStack } from '../lib/stacks/service-events-stack.ts';
import type { SystemStack } from '../lib/stacks/system-stack.ts';
import { TravelSearchStack } from '../lib/stacks/travel-search-stack.ts';
import { UserSignupStack } from '../lib/stacks/user-signup-stack.ts';
import { VideoProcessingStack } from '../lib/stacks/video-processing-stack.ts';

/** Every system by its name, which is that of its stack. */
const systems = {
  audit: AuditStack,
  'container-workers': ContainerWorkersStack,
  'cross-account-queue': CrossAccountQueueStack,
  'cross-account-topic': CrossAccountTopicStack,
  'cross-region-primary': CrossRegionPrimaryStack,
  'cross-region-secondary': CrossRegionSecondaryStack,
  'delayed-tasks': DelayedTasksStack,
  'event-archive': EventArchiveStack,
  'file-uploads': FileUploadsStack,
  'meme-factory': MemeFactoryStack,
  'message-broker': MessageBrokerStack,
  notifications: NotificationsStack,
  operations: OperationsStack,
  'order-ledger': OrderLedgerStack,
  'order-processing': OrderProcessingStack,
  'order-workflow': OrderWorkflowStack,
  'private-messaging': PrivateMessagingStack,
  'service-events': ServiceEventsStack,
  'travel-search': TravelSearchStack,
  'user-signup': UserSignupStack,
  'video-processing': VideoProcessingStack,
};

export type SystemName = keyof typeof systems;

export const systemNames = Object.keys(systems) as SystemName[];

/** Adds systems to the app, all by default, in the stage that its context names. */
export function addSystems(app: App, names: readonly SystemName[] = systemNames): void {
  const config = stageConfigFrom(app.node.getAllContext());
  const stacks = new Map<string, SystemStack>(
    names.map(name => [name, new systems[name](app, name, { config, systems: systemNames })]),
  );
  for (const stack of stacks.values()) {
    for (const name of stack.standsOn) {
      const first = stacks.get(name);
      if (first) stack.addStackDependency(first);
    }
  }
}
