import type { MessagingRule } from './messaging-rule.ts';
import { queuesOf } from './template-queues.ts';
import { resourcesOfType } from './template-resources.ts';

interface LaunchTemplateProperties {
  readonly LaunchTemplateData: {
    readonly BlockDeviceMappings?: readonly { readonly Ebs?: { readonly Encrypted?: unknown } }[];
  };
}

const remedy = 'Give it a key of the account; a queue may have SSE-SQS.';

/** Rules about encryption at rest. */
export const encryptionRules: readonly MessagingRule[] = [
  {
    name: 'EncryptedMessages',
    requires:
      'Messages are encrypted wherever they wait: SQS does so unless told not to, SNS and Kinesis only when told.',
    remedy,
    findings: template => [
      ...[...queuesOf(template).values()]
        .filter(({ properties }) => properties.KmsMasterKeyId === undefined)
        .filter(({ properties }) => properties.SqsManagedSseEnabled === false)
        .map(({ id }) => ({ logicalId: id, property: 'SqsManagedSseEnabled', found: 'false' })),
      ...[...resourcesOfType<{ KmsMasterKeyId: unknown }>(template, 'AWS::SNS::Topic').values()]
        .filter(({ properties }) => properties.KmsMasterKeyId === undefined)
        .map(({ id }) => ({ logicalId: id, property: 'KmsMasterKeyId', found: 'not set' })),
      ...[...resourcesOfType<{ StreamEncryption: unknown }>(template, 'AWS::Kinesis::Stream').values()]
        .filter(({ properties }) => properties.StreamEncryption === undefined)
        .map(({ id }) => ({ logicalId: id, property: 'StreamEncryption', found: 'not set' })),
    ],
  },
  {
    name: 'EncryptedDisks',
    requires: 'The disks of workers are encrypted: what they work on passes over them.',
    remedy: 'Set Encrypted on every device of the launch template.',
    findings: template =>
      [...resourcesOfType<LaunchTemplateProperties>(template, 'AWS::EC2::LaunchTemplate').values()].flatMap(
        ({ id, properties }) => {
          const devices = properties.LaunchTemplateData?.BlockDeviceMappings ?? [];
          const isSound = devices.length > 0 && devices.every(({ Ebs }) => !Ebs || Ebs.Encrypted === true);
          if (isSound) return [];
          const property = 'LaunchTemplateData.BlockDeviceMappings';
          return [{ logicalId: id, property, found: devices.length === 0 ? 'not set' : 'unencrypted' }];
        },
      ),
  },
];
