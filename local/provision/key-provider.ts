import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { CUSTOM_ID_TAG } from '../emulators/kms/kms.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceProvider } from './provider.ts';

const NAME_LIMIT = 128;

/** Symmetric keys. Queues, topics, tables and buckets name theirs and do not use them: nothing is at rest here. */
export const keyProvider: ResourceProvider = {
  type: 'AWS::KMS::Key',
  phase: 'stores',
  identify(resource) {
    const id = keyId(resource);
    return {
      ref: id,
      attributes: { Arn: `arn:aws:kms:${resource.region}:${ACCOUNT_ID}:key/${id}`, KeyId: id },
    };
  },
  async provision(resource, services) {
    const spec = resource.property('KeySpec') ?? 'SYMMETRIC_DEFAULT';
    if (spec !== 'SYMMETRIC_DEFAULT') {
      services.note(resource, `keys of ${String(spec)} do not run here`);
      return;
    }
    const description = resource.property('Description');
    await services.clients.kms(resource.region).send(
      new CreateKeyCommand({
        ...(typeof description === 'string' && { Description: description }),
        Tags: [{ TagKey: CUSTOM_ID_TAG, TagValue: keyId(resource) }],
      }),
    );
  },
};

function keyId(resource: ResourceDeclaration): string {
  return physicalName(resource, undefined, { limit: NAME_LIMIT });
}
