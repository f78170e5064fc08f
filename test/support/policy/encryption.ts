import type { DeployedResource } from './deployed-stack.ts';
import type { PolicyWorld } from './policy-world.ts';

/** The customer-managed key of a queue or topic; undefined where the service encrypts with its own. */
export function encryptionOf(
  resource: DeployedResource,
  world: PolicyWorld,
): DeployedResource | 'unseen' | undefined {
  const key = resource.property('KmsMasterKeyId');
  return key === undefined ? undefined : (world.referredTo(key) ?? 'unseen');
}

/** What is wrong with an edge to a resource whose key cannot be seen. */
export function unseenKey(edge: string, resource: DeployedResource): string {
  return (
    `unseen: ${edge}: the key ${String(resource.property('KmsMasterKeyId'))} is not in this app. A key of AWS ` +
    'admits no service; of another key, this app cannot say whom it admits.'
  );
}
