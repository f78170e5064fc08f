import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface StateTableProps {
  /**
   * Who encrypts the table: DynamoDB with a key of its own, free of charge, or a key of the account's,
   * whose use the account controls and audits.
   *
   * @default 'aws-owned'
   */
  readonly encryption?: 'aws-owned' | 'customer-managed';

  /**
   * What becomes of the table when its stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What a function may do with a table: DynamoDB's names of its calls. */
export type TableAction = 'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem' | 'Scan';

/**
 * Table of one function: items by their key, paid by request, restorable to any second of the last 35
 * days. Items with an `expires_at` (seconds since 1970) are removed some time after it; others stay.
 */
export class StateTable extends Construct {
  static readonly partitionKey = 'pk';
  static readonly timeToLiveAttribute = 'expires_at';

  readonly table: dynamodb.Table;
  readonly #key: kms.Key | undefined;

  constructor(scope: Construct, id: string, props: StateTableProps = {}) {
    super(scope, id);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    if (props.encryption === 'customer-managed') {
      this.#key = new kms.Key(this, 'Key', {
        description: `Encrypts the table ${this.node.path}`,
        enableKeyRotation: true,
        removalPolicy,
      });
    }
    // Not `TableV2`: it takes a key of ours only in a stack whose region is known when it is synthesized.
    this.table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: StateTable.partitionKey, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: StateTable.timeToLiveAttribute,
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      ...(this.#key
        ? { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey: this.#key }
        : { encryption: dynamodb.TableEncryption.DEFAULT }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
    });
  }

  /** Lets a principal make the named calls on the table's items, and use its key for them. */
  grant(grantee: iam.IGrantable, ...actions: TableAction[]): void {
    this.table.grant(grantee, ...actions.map(action => `dynamodb:${action}`));
    this.#key?.grant(grantee, 'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey');
  }
}
