import { type Charge, traffic } from '../charge.ts';
import { assumptions } from '../settings.ts';
import type { CostModel } from './model.ts';
import { gigabyte } from './topic.ts';

interface EncryptionRule {
  readonly BucketKeyEnabled?: boolean;
  readonly ServerSideEncryptionByDefault?: { readonly KMSMasterKeyID?: unknown };
}

/** Requests, what a month's objects take, and what KMS hears of it. */
export const bucketModel: CostModel = ({ path, properties }, flow) => {
  const use = flow.profile?.buckets?.[path];
  if (!use) return [];
  const [puts, gets] = [flow.monthly(use.puts), flow.monthly(use.gets)];
  const charges: Charge[] = [
    traffic('s3-put', puts),
    traffic('s3-get', gets),
    traffic('s3-storage', flow.monthly(use.storedBytes) / gigabyte),
  ];
  const encryption = properties.BucketEncryption as
    | { ServerSideEncryptionConfiguration?: readonly EncryptionRule[] }
    | undefined;
  const rule = encryption?.ServerSideEncryptionConfiguration?.[0];
  if (rule?.ServerSideEncryptionByDefault?.KMSMasterKeyID !== undefined) {
    const share = rule.BucketKeyEnabled ? assumptions.bucketKeyShare : 1;
    charges.push(traffic('kms-request', (puts + gets) * share));
  }
  return charges;
};
