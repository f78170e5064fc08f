import { type Charge, standing } from '../charge.ts';
import { hoursPerMonth } from '../settings.ts';
import type { CostModel } from './model.ts';

const brokers: Readonly<Record<string, number>> = {
  SINGLE_INSTANCE: 1,
  ACTIVE_STANDBY_MULTI_AZ: 2,
  CLUSTER_MULTI_AZ: 3,
};

/** Brokers by the hour; what they store is not known beforehand. */
export const brokerModel: CostModel = ({ properties }): readonly Charge[] => [
  standing(
    `mq-${properties.HostInstanceType}`,
    hoursPerMonth * (brokers[String(properties.DeploymentMode)] ?? 1),
  ),
];
