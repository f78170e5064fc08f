import { alarmProvider, compositeAlarmProvider } from './alarm-provider.ts';
import { brokerConfigurationProvider, brokerProvider } from './broker-provider.ts';
import { bucketProvider } from './bucket-provider.ts';
import { deliveryStreamProvider } from './delivery-stream-provider.ts';
import { eventInvokeConfigProvider } from './event-invoke-config-provider.ts';
import { eventSourceMappingProvider } from './event-source-mapping-provider.ts';
import { functionProvider } from './function-provider.ts';
import {
  httpApiProvider,
  httpIntegrationProvider,
  httpRouteProvider,
  httpStageProvider,
} from './http-api-providers.ts';
import { keyProvider } from './key-provider.ts';
import { listenerProvider, targetGroupProvider } from './load-balancer-providers.ts';
import {
  configurationSetProvider,
  eventDestinationProvider,
  mailTemplateProvider,
} from './mail-providers.ts';
import type { ResourceProvider } from './provider.ts';
import { queueProvider } from './queue-provider.ts';
import { ruleProvider } from './rule-provider.ts';
import { scheduleGroupProvider } from './schedule-group-provider.ts';
import { secretProvider } from './secret-provider.ts';
import { stateMachineProvider } from './state-machine-provider.ts';
import { subscriptionProvider } from './subscription-provider.ts';
import { globalTableProvider, tableProvider } from './table-provider.ts';
import { topicProvider } from './topic-provider.ts';
import {
  autoScalingGroupProvider,
  containerServiceProvider,
  launchTemplateProvider,
  taskDefinitionProvider,
} from './worker-providers.ts';

/** The resource types that the local cloud runs. */
export const PROVIDERS: readonly ResourceProvider[] = [
  alarmProvider,
  compositeAlarmProvider,
  autoScalingGroupProvider,
  brokerConfigurationProvider,
  brokerProvider,
  bucketProvider,
  configurationSetProvider,
  containerServiceProvider,
  deliveryStreamProvider,
  eventInvokeConfigProvider,
  eventDestinationProvider,
  eventSourceMappingProvider,
  functionProvider,
  globalTableProvider,
  httpApiProvider,
  httpIntegrationProvider,
  httpRouteProvider,
  httpStageProvider,
  keyProvider,
  launchTemplateProvider,
  listenerProvider,
  mailTemplateProvider,
  queueProvider,
  ruleProvider,
  scheduleGroupProvider,
  secretProvider,
  stateMachineProvider,
  subscriptionProvider,
  tableProvider,
  targetGroupProvider,
  taskDefinitionProvider,
  topicProvider,
];
