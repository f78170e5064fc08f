import { type Charge, traffic } from '../charge.ts';
import { assumptions } from '../settings.ts';
import { dataKeyRequests } from './data-keys.ts';
import type { CostModel } from './model.ts';
import { gigabyte } from './topic.ts';

/** Writes and reads on demand, and what a month's items take. */
export const tableModel: CostModel = ({ path, properties }, flow) => {
  const use = flow.profile?.tables?.[path];
  if (!use) return [];
  const [writes, reads] = [flow.monthly(use.writes), flow.monthly(use.reads)];
  const stored = flow.monthly(use.storedBytes) / gigabyte;
  const recovery = properties.PointInTimeRecoverySpecification as
    | { PointInTimeRecoveryEnabled?: boolean }
    | undefined;
  const charges: Charge[] = [
    traffic('dynamodb-write', writes),
    traffic('dynamodb-read', reads),
    traffic('dynamodb-storage', stored),
  ];
  if (recovery?.PointInTimeRecoveryEnabled) charges.push(traffic('dynamodb-recovery', stored));
  const encryption = properties.SSESpecification as { SSEEnabled?: boolean } | undefined;
  if (encryption?.SSEEnabled) {
    charges.push(traffic('kms-request', dataKeyRequests(writes + reads, assumptions.serviceDataKeySeconds)));
  }
  return charges;
};
