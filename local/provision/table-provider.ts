import { setTimeout as pause } from 'node:timers/promises';
import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  type LocalSecondaryIndex,
} from '@aws-sdk/client-dynamodb';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import { listOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const NAME_LIMIT = 255;

export const tableProvider = providerOf('AWS::DynamoDB::Table');

/** A global table is the table of its own region alone: the local cloud has no replicas. */
export const globalTableProvider = providerOf('AWS::DynamoDB::GlobalTable');

function providerOf(type: string): ResourceProvider {
  return {
    type,
    phase: 'stores',
    identify(resource) {
      const name = tableName(resource);
      const arn = `arn:aws:dynamodb:${resource.region}:${ACCOUNT_ID}:table/${name}`;
      return { ref: name, attributes: { Arn: arn, StreamArn: `${arn}/stream/local`, TableId: name } };
    },
    async provision(resource, services) {
      const globalIndexes = listOf<GlobalSecondaryIndex>(resource, 'GlobalSecondaryIndexes').map(
        keysAndProjection,
      );
      const localIndexes = listOf<LocalSecondaryIndex>(resource, 'LocalSecondaryIndexes').map(
        keysAndProjection,
      );
      const dynamoDb = services.clients.dynamoDb(resource.region);
      await dynamoDb.send(
        new CreateTableCommand({
          TableName: tableName(resource),
          // Capacity is not metered here, and on demand needs no figures.
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [...listOf<KeySchemaElement>(resource, 'KeySchema')],
          AttributeDefinitions: [...listOf<AttributeDefinition>(resource, 'AttributeDefinitions')],
          ...(globalIndexes.length > 0 ? { GlobalSecondaryIndexes: globalIndexes } : {}),
          ...(localIndexes.length > 0 ? { LocalSecondaryIndexes: localIndexes } : {}),
        }),
      );
      await untilActive(dynamoDb, tableName(resource));
      if (resource.property('StreamSpecification') !== undefined) {
        services.note(resource, 'its stream does not run here');
      }
      if (listOf(resource, 'Replicas').length > 1) {
        services.note(resource, 'its replicas do not run here; all regions share the one table');
      }
    },
  };
}

function keysAndProjection({ IndexName, KeySchema, Projection }: LocalSecondaryIndex): LocalSecondaryIndex {
  return { IndexName, KeySchema, Projection };
}

async function untilActive(dynamoDb: DynamoDBClient, name: string): Promise<void> {
  for (;;) {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: name }));
    if (Table?.TableStatus === 'ACTIVE') {
      return;
    }
    await pause(1);
  }
}

function tableName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('TableName'), { limit: NAME_LIMIT });
}
