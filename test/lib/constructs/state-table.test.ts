import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { StateTable, type StateTableProps } from '../../../lib/constructs/state-table.ts';
import {
  onlyResource,
  resourceOf,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';

function makeTable(props?: StateTableProps) {
  const stack = testStack();
  const made = new StateTable(stack, 'Payments', props);
  return { stack, made, table: resourceOf(made.table) };
}

describe('StateTable', () => {
  it('holds items by one text key', () => {
    expect(makeTable().table.Properties).toMatchObject({
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    });
  });

  it('is paid by request', () => {
    const { Properties } = makeTable().table;
    expect(Properties).toMatchObject({ BillingMode: 'PAY_PER_REQUEST' });
    expect(Properties).not.toHaveProperty('ProvisionedThroughput');
  });

  it('can be restored to a point in time', () => {
    expect(makeTable().table.Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('removes items some time after their expires_at', () => {
    expect(makeTable().table.Properties).toMatchObject({
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    });
  });

  it('has no physical name, so that it can be replaced', () => {
    expect(makeTable().table.Properties).not.toHaveProperty('TableName');
  });

  it('outlives its stack by default, and refuses to be deleted', () => {
    expect(makeTable().table).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
  });

  it('goes with its stack when told to', () => {
    const { table } = makeTable({ removalPolicy: RemovalPolicy.DESTROY });
    expect(table).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    expect(table.Properties.DeletionProtectionEnabled).not.toBe(true);
  });
});

describe('encryption of a StateTable', () => {
  it('is by a key of DynamoDB by default, free of charge', () => {
    const { stack, table } = makeTable();
    expect(table.Properties.SSESpecification).toEqual({ SSEEnabled: false });
    expect(resourcesOfType(templateOf(stack), 'AWS::KMS::Key')).toEqual([]);
  });

  it('is by a rotating key of its own when the account is to control it', () => {
    const { stack, table } = makeTable({ encryption: 'customer-managed' });
    const [[keyId, key] = []] = resourcesOfType(templateOf(stack), 'AWS::KMS::Key');
    expect(table.Properties).toMatchObject({
      SSESpecification: {
        SSEEnabled: true,
        SSEType: 'KMS',
        KMSMasterKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] },
      },
    });
    expect(key).toMatchObject({ Properties: { EnableKeyRotation: true }, DeletionPolicy: 'Retain' });
  });

  it('is by a key that goes with the table when told to', () => {
    const { stack } = makeTable({ encryption: 'customer-managed', removalPolicy: RemovalPolicy.DESTROY });
    expect(onlyResource(stack, 'AWS::KMS::Key')).toMatchObject({ DeletionPolicy: 'Delete' });
  });
});

describe('StateTable.grant', () => {
  const grantTo = (props?: StateTableProps) => {
    const stack = testStack();
    const made = new StateTable(stack, 'Payments', props);
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    made.grant(role, 'GetItem', 'PutItem');
    const { PolicyDocument } = onlyResource(stack, 'AWS::IAM::Policy').Properties;
    return { stack, made, statements: (PolicyDocument as { Statement: unknown[] }).Statement };
  };

  it('lets a role make the named calls on the table, and nothing else', () => {
    const { stack, made, statements } = grantTo();
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        Resource: stack.resolve(made.table.tableArn),
      },
    ]);
  });

  it('lets the role use the key of the table as well', () => {
    const { stack, made, statements } = grantTo({ encryption: 'customer-managed' });
    expect(statements).toHaveLength(2);
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
      Resource: stack.resolve(made.table.encryptionKey?.keyArn),
    });
  });
});
