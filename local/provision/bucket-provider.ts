import {
  CreateBucketCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const NAME_LIMIT = 63;

export const bucketProvider: ResourceProvider = {
  type: 'AWS::S3::Bucket',
  // What is put into a bucket is told of at once: whoever listens must be there.
  phase: 'entrances',
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
    const s3 = services.clients.s3(resource.region);
    const Bucket = bucketName(resource);
    await s3.send(new CreateBucketCommand({ Bucket }));
    const versioning = resource.property('VersioningConfiguration') as { Status?: string } | undefined;
    if (versioning?.Status === 'Enabled') {
      await s3.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      );
    }
    const told = resource.property('NotificationConfiguration') as DeclaredNotifications | undefined;
    if (told === undefined) {
      return;
    }
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: notificationConfiguration(told),
      }),
    );
  },
};

function bucketName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('BucketName'), { limit: NAME_LIMIT }).toLowerCase();
}

interface DeclaredConfiguration {
  readonly Event: string;
  readonly Filter?: {
    readonly S3Key: { readonly Rules: { readonly Name: 'prefix' | 'suffix'; readonly Value: string }[] };
  };
}

/** Templates write notifications otherwise than the API does: one event each, other names. */
interface DeclaredNotifications {
  readonly QueueConfigurations?: readonly (DeclaredConfiguration & { readonly Queue: string })[];
  readonly TopicConfigurations?: readonly (DeclaredConfiguration & { readonly Topic: string })[];
  readonly LambdaConfigurations?: readonly (DeclaredConfiguration & { readonly Function: string })[];
  readonly EventBridgeConfiguration?: { readonly EventBridgeEnabled?: boolean };
}

function notificationConfiguration(told: DeclaredNotifications): NotificationConfiguration {
  const common = ({ Event, Filter }: DeclaredConfiguration) => ({
    Events: [Event as 's3:ObjectCreated:*'],
    ...(Filter === undefined ? {} : { Filter: { Key: { FilterRules: [...Filter.S3Key.Rules] } } }),
  });
  return {
    ...(told.EventBridgeConfiguration?.EventBridgeEnabled && { EventBridgeConfiguration: {} }),
    QueueConfigurations: (told.QueueConfigurations ?? []).map(each => ({
      ...common(each),
      QueueArn: each.Queue,
    })),
    TopicConfigurations: (told.TopicConfigurations ?? []).map(each => ({
      ...common(each),
      TopicArn: each.Topic,
    })),
    LambdaFunctionConfigurations: (told.LambdaConfigurations ?? []).map(each => ({
      ...common(each),
      LambdaFunctionArn: each.Function,
    })),
  };
}
