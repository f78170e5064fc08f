import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const NAME_LIMIT = 63;

export const bucketProvider: ResourceProvider = {
  type: 'AWS::S3::Bucket',
  phase: 'stores',
  identify(resource) {
    const name = bucketName(resource);
    return {
      ref: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        DualStackDomainName: `${name}.s3.dualstack.${resource.region}.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${resource.region}.amazonaws.com`,
      },
    };
  },
  async provision(resource, services) {
    const answer = await fetch(`${services.endpoint}/${bucketName(resource)}`, { method: 'PUT' });
    if (!answer.ok) {
      throw new Error(`The bucket was refused: ${answer.status} ${await answer.text()}`);
    }
    if (resource.property('NotificationConfiguration') !== undefined) {
      services.note(resource, 'its event notifications do not run here');
    }
  },
};

function bucketName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('BucketName'), { limit: NAME_LIMIT }).toLowerCase();
}
