import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { cardToken } from '../../../contracts/orders.ts';
import { FieldKey, type FieldKeyProps } from '../../../lib/constructs/field-key.ts';
import { resourceOf, testStack } from '../../support/stack-template.ts';

function makeKey(props: Partial<FieldKeyProps> = {}) {
  const stack = testStack();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  return { stack, role, key: new FieldKey(stack, 'Key', { field: cardToken, ...props }) };
}

function statementsOf(key: FieldKey): { Action: string | string[]; Principal: unknown }[] {
  const { KeyPolicy } = resourceOf(key).Properties as { KeyPolicy: { Statement: never[] } };
  return KeyPolicy.Statement;
}

describe('FieldKey', () => {
  it('rotates, and says what it is for', () => {
    expect(resourceOf(makeKey().key).Properties).toMatchObject({
      EnableKeyRotation: true,
      Description: 'Encrypts card_token in order_placed events',
    });
  });

  it('outlives its stack by default: fields under a deleted key are lost', () => {
    expect(resourceOf(makeKey().key)).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('goes with its stack when told to', () => {
    const { key } = makeKey({ removalPolicy: RemovalPolicy.DESTROY });
    expect(resourceOf(key)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  it('is seen to by its account, and used by nobody until it is told so', () => {
    const statements = statementsOf(makeKey().key);
    expect(statements).toHaveLength(1);
    const uses = /^kms:(\*|.*(Encrypt|Decrypt|GenerateDataKey|GenerateMac|Sign|CreateGrant).*)$/;
    expect([statements[0]?.Action].flat().filter(action => uses.test(String(action)))).toEqual([]);
  });

  it('is never let out of the hands of its account', () => {
    expect(statementsOf(makeKey().key)[0]?.Action).toEqual(
      expect.arrayContaining(['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:DescribeKey']),
    );
  });

  it.each([
    ['encrypt', 'kms:GenerateDataKey', (key: FieldKey, role: iam.Role) => key.admitEncryption(role)],
    ['read', 'kms:Decrypt', (key: FieldKey, role: iam.Role) => key.admitDecryption(role)],
  ])('lets whom it admits %s the field, and nothing else', (_what, action, admit) => {
    const { stack, role, key } = makeKey();

    admit(key, role);

    expect(statementsOf(key).slice(1)).toEqual([
      {
        Effect: 'Allow',
        Action: action,
        Principal: { AWS: stack.resolve(role.roleArn) },
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:EncryptionContext:event_type': 'order_placed',
            'kms:EncryptionContext:field': 'card_token',
          },
          StringLike: { 'kms:EncryptionContext:order_id': '?*' },
        },
      },
    ]);
  });
});
