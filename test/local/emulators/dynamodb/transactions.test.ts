import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EndpointUnderTest } from '../endpoint-under-test.ts';

let cloud: EndpointUnderTest;

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
  for (const name of ['stock', 'orders']) {
    await cloud.dynamoDb.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'owner', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-owner',
            KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      }),
    );
  }
});

afterAll(() => cloud.stop());

let items = 0;
/** A key that no other test has. */
function freshId(): string {
  items += 1;
  return `item-${items}`;
}

async function put(table: string, id: string, count: number): Promise<void> {
  await cloud.dynamoDb.send(
    new PutItemCommand({ TableName: table, Item: { id: { S: id }, count: { N: String(count) } } }),
  );
}

async function count(table: string, id: string): Promise<number | undefined> {
  const { Item } = await cloud.dynamoDb.send(
    new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true }),
  );
  return Item && Number(Item.count?.N);
}

function transact(TransactItems: TransactWriteItem[], ClientRequestToken?: string) {
  return cloud.dynamoDb.send(
    new TransactWriteItemsCommand({
      TransactItems,
      ...(ClientRequestToken === undefined ? {} : { ClientRequestToken }),
    }),
  );
}

function putNew(table: string, id: string): TransactWriteItem {
  return {
    Put: {
      TableName: table,
      Item: { id: { S: id }, count: { N: '0' } },
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function take(table: string, id: string, pieces = 1): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: { id: { S: id } },
      UpdateExpression: 'SET #count = #count - :pieces',
      ConditionExpression: '#count >= :pieces',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':pieces': { N: String(pieces) } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

describe('TransactWriteItems', () => {
  it('applies puts, updates, deletes and checks in several tables', async () => {
    const [order, sku, old, checked] = [freshId(), freshId(), freshId(), freshId()];
    await put('stock', sku, 5);
    await put('orders', old, 1);
    await put('orders', checked, 1);

    await transact([
      putNew('orders', order),
      take('stock', sku, 2),
      { Delete: { TableName: 'orders', Key: { id: { S: old } } } },
      {
        ConditionCheck: {
          TableName: 'orders',
          Key: { id: { S: checked } },
          ConditionExpression: 'attribute_exists(id)',
        },
      },
    ]);

    expect(await count('orders', order)).toBe(0);
    expect(await count('stock', sku)).toBe(3);
    expect(await count('orders', old)).toBeUndefined();
    expect(await count('orders', checked)).toBe(1);
  });

  it('applies nothing when a condition fails, and gives the reasons in order, with the item', async () => {
    const [order, full, empty] = [freshId(), freshId(), freshId()];
    await put('stock', full, 5);
    await put('stock', empty, 0);

    const failure = transact([putNew('orders', order), take('stock', full), take('stock', empty)]);

    await expect(failure).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: expect.stringContaining('[None, None, ConditionalCheckFailed]'),
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'None' },
        {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          Item: { id: { S: empty }, count: { N: '0' } },
        },
      ],
    });
    expect(await count('orders', order)).toBeUndefined();
    expect(await count('stock', full)).toBe(5);
  });

  it('gives no item where there is none, or it was not asked for', async () => {
    const [missing, there] = [freshId(), freshId()];
    await put('orders', there, 1);
    const { Put } = putNew('orders', there);

    await expect(
      transact([
        take('stock', missing),
        {
          Put: { ...Put, TableName: 'orders', Item: Put?.Item, ReturnValuesOnConditionCheckFailure: 'NONE' },
        },
      ]),
    ).rejects.toMatchObject({
      CancellationReasons: [
        { Code: 'ConditionalCheckFailed', Message: expect.any(String) },
        { Code: 'ConditionalCheckFailed', Message: expect.any(String) },
      ],
    });
  });

  it('keeps its check from deleting what it checks', async () => {
    const checked = freshId();
    await put('orders', checked, 1);
    const ConditionCheck = {
      TableName: 'orders',
      Key: { id: { S: checked } },
      ConditionExpression: 'attribute_not_exists(id)',
    };

    await expect(transact([{ ConditionCheck }])).rejects.toMatchObject({
      CancellationReasons: [{ Code: 'ConditionalCheckFailed' }],
    });
    expect(await count('orders', checked)).toBe(1);
  });

  it('gives a fault of one item as that item’s reason', async () => {
    const [order, noNumber] = [freshId(), freshId()];
    await cloud.dynamoDb.send(
      new PutItemCommand({ TableName: 'stock', Item: { id: { S: noNumber }, count: { S: 'many' } } }),
    );

    await expect(
      transact([
        putNew('orders', order),
        {
          Update: {
            TableName: 'stock',
            Key: { id: { S: noNumber } },
            UpdateExpression: 'ADD #count :one',
            ExpressionAttributeNames: { '#count': 'count' },
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
      ]),
    ).rejects.toMatchObject({ CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError' }] });
    expect(await count('orders', order)).toBeUndefined();
  });

  it('writes indexes too', async () => {
    const [order, owner] = [freshId(), freshId()];

    await transact([{ Put: { TableName: 'orders', Item: { id: { S: order }, owner: { S: owner } } } }]);

    const { Items } = await cloud.dynamoDb.send(
      new QueryCommand({
        TableName: 'orders',
        IndexName: 'by-owner',
        KeyConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': { S: owner } },
      }),
    );
    expect(Items).toEqual([{ id: { S: order }, owner: { S: owner } }]);
  });

  it('takes the last piece once, however many want it at the same time', async () => {
    const sku = freshId();
    await put('stock', sku, 10);
    const orders = Array.from({ length: 25 }, freshId);

    const results = await Promise.allSettled(
      orders.map(order => transact([putNew('orders', order), take('stock', sku)])),
    );

    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(await count('stock', sku)).toBe(0);
    const written = await Promise.all(orders.map(order => count('orders', order)));
    expect(written.filter(found => found !== undefined)).toHaveLength(10);
  });

  it('neither loses nor is lost among single writes of the same items, in whatever order they are named', async () => {
    const [one, other] = [freshId(), freshId()];
    await put('stock', one, 100);
    await put('stock', other, 100);
    const add = (id: string) =>
      cloud.dynamoDb.send(
        new UpdateItemCommand({
          TableName: 'stock',
          Key: { id: { S: id } },
          UpdateExpression: 'ADD #count :one',
          ExpressionAttributeNames: { '#count': 'count' },
          ExpressionAttributeValues: { ':one': { N: '1' } },
        }),
      );

    await Promise.all(
      Array.from({ length: 20 }).flatMap(() => [
        transact([take('stock', one), take('stock', other)]),
        add(one),
        transact([take('stock', other), take('stock', one)]),
        add(other),
      ]),
    );

    expect(await count('stock', one)).toBe(100 - 40 + 20);
    expect(await count('stock', other)).toBe(100 - 40 + 20);
  });

  it('takes effect once for a client token', async () => {
    const sku = freshId();
    await put('stock', sku, 5);

    await transact([take('stock', sku)], 'token-1');
    await transact([take('stock', sku)], 'token-1');

    expect(await count('stock', sku)).toBe(4);
  });

  it('refuses a client token that came with other items', async () => {
    const sku = freshId();
    await put('stock', sku, 5);
    await transact([take('stock', sku)], 'token-2');

    await expect(transact([take('stock', sku, 2)], 'token-2')).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
  });

  it('tries again what was canceled under the same token', async () => {
    const sku = freshId();
    await put('stock', sku, 0);
    await expect(transact([take('stock', sku)], 'token-3')).rejects.toMatchObject({
      name: 'TransactionCanceledException',
    });
    await put('stock', sku, 1);

    await transact([take('stock', sku)], 'token-3');

    expect(await count('stock', sku)).toBe(0);
  });

  it.each<[string, () => TransactWriteItem[], string]>([
    [
      'an item twice',
      () => [take('stock', 'same'), take('stock', 'same')],
      'multiple operations on one item',
    ],
    [
      '101 items',
      () => Array.from({ length: 101 }, () => take('stock', freshId())),
      'less than or equal to 100',
    ],
    ['no items', () => [], 'greater than or equal to 1'],
    [
      'an entry with two writes',
      () => [{ ...take('stock', 'a'), ...putNew('stock', 'b') }],
      'only contain one of',
    ],
    [
      'a key that is none',
      () => [{ Delete: { TableName: 'stock', Key: { sku: { S: 'a' } } } }],
      'does not match the schema',
    ],
  ])('refuses %s', async (_name, entries, message) => {
    await expect(transact(entries())).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it('refuses a table that does not exist', async () => {
    await expect(transact([take('nowhere', 'a')])).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('TransactGetItems', () => {
  it('reads items in order, and nothing where there is none', async () => {
    const [one, missing] = [freshId(), freshId()];
    await put('stock', one, 3);
    const get = (id: string) => ({ Get: { TableName: 'stock', Key: { id: { S: id } } } });

    const { Responses } = await cloud.dynamoDb.send(
      new TransactGetItemsCommand({ TransactItems: [get(missing), get(one)] }),
    );

    expect(Responses).toEqual([{}, { Item: { id: { S: one }, count: { N: '3' } } }]);
  });

  it('never sees half a transaction', async () => {
    const [one, other] = [freshId(), freshId()];
    await put('stock', one, 50);
    await put('stock', other, 50);
    const get = (id: string) => ({ Get: { TableName: 'stock', Key: { id: { S: id } } } });

    const looks = Array.from({ length: 30 }).map(async () => {
      await transact([take('stock', one), take('stock', other)]);
      const { Responses = [] } = await cloud.dynamoDb.send(
        new TransactGetItemsCommand({ TransactItems: [get(one), get(other)] }),
      );
      return Responses.map(({ Item }) => Item?.count?.N);
    });

    for (const [first, second] of await Promise.all(looks)) {
      expect(first).toBe(second);
    }
  });
});

describe('a single write', () => {
  it('gives back the item on which its condition failed', async () => {
    const order = freshId();
    await put('orders', order, 7);

    await expect(
      cloud.dynamoDb.send(
        new PutItemCommand({
          TableName: 'orders',
          Item: { id: { S: order } },
          ConditionExpression: 'attribute_not_exists(id)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    ).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { id: { S: order }, count: { N: '7' } },
    });
    expect(await count('orders', order)).toBe(7);
  });

  it('is done as ever when its condition holds', async () => {
    const order = freshId();

    await cloud.dynamoDb.send(
      new PutItemCommand({
        TableName: 'orders',
        Item: { id: { S: order }, count: { N: '1' } },
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );

    expect(await count('orders', order)).toBe(1);
  });
});
