import { GetCommand, type PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Movement } from '../../../lambda/orders/domain/inventory.ts';
import { StockStore } from '../../../lambda/orders/stock-store.ts';
import { ConflictError, DependencyDownError } from '../../../lambda/shared/failures.ts';

const items = [{ sku: 'TEAPOT', quantity: 2 }];
const reserved = { status: 'reserved', items } as const;
const reserving: Movement[] = [
  { sku: 'TEAPOT', available: -2, reserved: 2 },
  { sku: 'CUP', available: -6, reserved: 6 },
];

type Command = GetCommand | PutCommand | TransactWriteCommand;

/** A store whose DynamoDB answers as told, and what it was sent. */
function storeAnswering(answer: () => object) {
  const sent: Command[] = [];
  const send = async (command: Command) => {
    sent.push(command);
    return answer();
  };
  return { store: new StockStore({ send: send as never }, 'stock'), sent };
}

/** The error of a transaction of which DynamoDB says so of each request. */
function canceledWith(...reasons: { Code: string; Item?: object }[]) {
  return () => {
    throw Object.assign(new Error('Transaction cancelled'), {
      name: 'TransactionCanceledException',
      CancellationReasons: reasons,
    });
  };
}

const none = { Code: 'None' };

describe('StockStore', () => {
  it('moves the stock and records the order in one transaction, each on its condition', async () => {
    const { store, sent } = storeAnswering(() => ({}));

    await expect(store.move('12345', reserved, undefined, reserving)).resolves.toEqual([]);

    expect(sent).toHaveLength(1);
    expect(sent[0]).toBeInstanceOf(TransactWriteCommand);
    expect(sent[0]?.input).toEqual({
      TransactItems: [
        {
          Put: {
            TableName: 'stock',
            Item: {
              pk: 'ORDER#12345',
              order_id: '12345',
              status: 'reserved',
              items,
              version: 1,
              updated_at: expect.any(String),
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        ...[
          ['TEAPOT', 2],
          ['CUP', 6],
        ].map(([sku, quantity]) => ({
          Update: {
            TableName: 'stock',
            Key: { pk: `SKU#${sku}` },
            UpdateExpression:
              'SET #available = if_not_exists(#available, :zero) + :available, ' +
              '#reserved = if_not_exists(#reserved, :zero) + :reserved',
            ConditionExpression: '#available >= :available_taken',
            ExpressionAttributeNames: { '#available': 'available', '#reserved': 'reserved' },
            ExpressionAttributeValues: {
              ':zero': 0,
              ':available': -Number(quantity),
              ':reserved': quantity,
              ':available_taken': quantity,
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        })),
      ],
    });
  });

  it('deducts on condition that so much is reserved, and touches nothing else', async () => {
    const { store, sent } = storeAnswering(() => ({}));
    const seen = { state: reserved, version: 3 };

    await store.move('12345', { status: 'deducted', items }, seen, [
      { sku: 'TEAPOT', available: 0, reserved: -2 },
    ]);

    expect(sent[0]?.input).toMatchObject({
      TransactItems: [
        {
          Put: {
            Item: { status: 'deducted', version: 4 },
            ConditionExpression: '#version = :seen',
            ExpressionAttributeValues: { ':seen': 3 },
          },
        },
        {
          Update: {
            UpdateExpression: 'SET #reserved = if_not_exists(#reserved, :zero) + :reserved',
            ConditionExpression: '#reserved >= :reserved_taken',
            ExpressionAttributeNames: { '#reserved': 'reserved' },
            ExpressionAttributeValues: { ':zero': 0, ':reserved': -2, ':reserved_taken': 2 },
          },
        },
      ],
    });
  });

  it('reads the state of an order consistently', async () => {
    const { store, sent } = storeAnswering(() => ({
      Item: { pk: 'ORDER#12345', version: 2, ...reserved },
    }));

    await expect(store.read('12345')).resolves.toEqual({ state: reserved, version: 2 });
    expect(sent[0]).toBeInstanceOf(GetCommand);
    expect(sent[0]?.input).toEqual({ TableName: 'stock', Key: { pk: 'ORDER#12345' }, ConsistentRead: true });
  });

  it('says what the stock does not cover, and how much there is, if DynamoDB tells', async () => {
    const { store } = storeAnswering(
      canceledWith(
        none,
        { Code: 'ConditionalCheckFailed' },
        { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'SKU#CUP' }, available: { N: '4' } } },
      ),
    );

    await expect(store.move('12345', reserved, undefined, reserving)).resolves.toEqual([
      { sku: 'TEAPOT', wanted: 2, available: 0 },
      { sku: 'CUP', wanted: 6, available: 4 },
    ]);
  });

  it('calls it a conflict when the order was changed meanwhile, whatever the stock says', async () => {
    const { store } = storeAnswering(
      canceledWith({ Code: 'ConditionalCheckFailed' }, { Code: 'ConditionalCheckFailed' }, none),
    );

    await expect(store.move('12345', reserved, undefined, reserving)).rejects.toThrow(ConflictError);
  });

  it.each([
    ['the order', [{ Code: 'TransactionConflict' }, none, none]],
    ['a SKU', [none, { Code: 'TransactionConflict' }, none]],
    [
      'a SKU, while another is short',
      [none, { Code: 'ConditionalCheckFailed' }, { Code: 'TransactionConflict' }],
    ],
  ])('calls it a conflict when another transaction holds %s', async (_case, reasons) => {
    const { store } = storeAnswering(canceledWith(...reasons));

    await expect(store.move('12345', reserved, undefined, reserving)).rejects.toThrow(ConflictError);
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'calls DynamoDB down when it cancels for %s',
    async Code => {
      const { store } = storeAnswering(canceledWith(none, { Code }, none));

      await expect(store.move('12345', reserved, undefined, reserving)).rejects.toThrow(DependencyDownError);
    },
  );

  it('passes on a cancellation that it does not know', async () => {
    const { store } = storeAnswering(canceledWith(none, { Code: 'ValidationError' }, none));

    await expect(store.move('12345', reserved, undefined, reserving)).rejects.toMatchObject({
      name: 'TransactionCanceledException',
    });
  });

  it('calls DynamoDB down when it does not answer', async () => {
    const { store } = storeAnswering(() => {
      throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    });

    await expect(store.move('12345', reserved, undefined, reserving)).rejects.toThrow(DependencyDownError);
  });
});
