import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ApiAccount } from '../../../lib/constructs/api-account.ts';
import { onlyResource, testStack } from '../../support/stack-template.ts';

describe('ApiAccount', () => {
  it('is a secret without content, under a key of its own that rotates', () => {
    const stack = testStack();
    new ApiAccount(stack, 'Account', { description: 'An account' });

    const secret = onlyResource(stack, 'AWS::SecretsManager::Secret');
    const key = onlyResource(stack, 'AWS::KMS::Key');
    expect(secret.Properties).toMatchObject({
      Description: 'An account',
      GenerateSecretString: {},
      KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^AccountKey/), 'Arn'] },
    });
    expect(secret.Properties).not.toHaveProperty('SecretString');
    expect(secret.Properties).not.toHaveProperty('Name');
    expect(key.Properties.EnableKeyRotation).toBe(true);
    expect([secret.DeletionPolicy, key.DeletionPolicy]).toEqual(['Retain', 'Retain']);
  });

  it('lets nobody use its key by a policy of the key but whom the account lets', () => {
    const stack = testStack();
    new ApiAccount(stack, 'Account', { description: 'An account', removalPolicy: RemovalPolicy.DESTROY });

    const { KeyPolicy } = onlyResource(stack, 'AWS::KMS::Key').Properties as {
      KeyPolicy: { Statement: unknown[] };
    };
    expect(KeyPolicy.Statement).toHaveLength(1);
  });

  it('is read by whom it is granted to, and its key used as part of that', () => {
    const stack = testStack();
    const account = new ApiAccount(stack, 'Account', { description: 'An account' });
    const role = new iam.Role(stack, 'Reader', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });

    account.grantRead(role);

    const { PolicyDocument } = onlyResource(stack, 'AWS::IAM::Policy').Properties as {
      PolicyDocument: { Statement: { Action: string; Resource: unknown; Condition?: unknown }[] };
    };
    expect(PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: stack.resolve(account.secretArn),
      },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^AccountKey/), 'Arn'] },
        Condition: { StringEquals: { 'kms:ViaService': expect.anything() } },
      },
    ]);
  });
});
