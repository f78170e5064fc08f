import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { SecretField } from '../../contracts/secret-fields.ts';

export interface FieldKeyProps {
  /** The field that is encrypted under the key. */
  readonly field: SecretField;

  /**
   * What becomes of the key when its stack is deleted.
   *
   * @default RemovalPolicy.RETAIN - fields under a deleted key can never be read again
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * What the account may do with the key: see to it, and not use it. Neither may it let others use it by a
 * grant; a change of the policy shows in the audit trail.
 */
const administration = [
  'kms:CancelKeyDeletion',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateKeyDescription',
];

/**
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context
 */
const contextKey = 'kms:EncryptionContext:';

/**
 * Customer-managed key of one secret field, apart from those of queues, topics and tables: whoever reads a
 * message there cannot read the field.
 *
 * Who may use it stands in its own policy, by role, and for the encryption context of the field alone; the
 * account is not trusted with it, so that no policy elsewhere opens it, an administrator's included.
 * Rotates every year: what was encrypted before opens all the same.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
 */
export class FieldKey extends kms.Key {
  readonly field: SecretField;

  constructor(scope: Construct, id: string, props: FieldKeyProps) {
    const { field } = props;
    super(scope, id, {
      description: `Encrypts ${field.name} in ${field.eventType} events`,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      policy: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            actions: administration,
            principals: [new iam.AccountRootPrincipal()],
            resources: ['*'],
          }),
        ],
      }),
    });
    this.field = field;
  }

  /** Lets whom it is granted to encrypt the field, and read none. */
  admitEncryption(grantee: iam.IGrantable): void {
    this.#admit(grantee, 'kms:GenerateDataKey');
  }

  /** Lets whom it is granted to read the field. */
  admitDecryption(grantee: iam.IGrantable): void {
    this.#admit(grantee, 'kms:Decrypt');
  }

  #admit({ grantPrincipal }: iam.IGrantable, action: string): void {
    const { binding, subject } = this.field;
    const bound = Object.entries(binding).map(([name, value]) => [`${contextKey}${name}`, value]);
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: [action],
        principals: [grantPrincipal],
        resources: ['*'],
        conditions: {
          StringEquals: Object.fromEntries(bound),
          // Whichever subject it is, there must be one.
          StringLike: { [`${contextKey}${subject}`]: '?*' },
        },
      }),
    );
  }
}
