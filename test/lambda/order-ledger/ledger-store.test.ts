import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { eventDigest } from '../../../lambda/order-ledger/event-digest.ts';
import { LedgerStore } from '../../../lambda/order-ledger/ledger-store.ts';
import { ConflictError, DependencyDownError } from '../../../lambda/shared/failures.ts';
import { EndpointUnderTest } from '../../local/emulators/endpoint-under-test.ts';
import { ledgerEvent } from '../../support/ledger-events.ts';

const placed = { sequence: 1, status: 'placed', balance_minor: 10_000 } as const;
const paidHalf = { sequence: 2, status: 'placed', balance_minor: 5_000 } as const;

describe('LedgerStore on DynamoDB', () => {
  let cloud: EndpointUnderTest;
  let documents: DynamoDBDocumentClient;
  let store: LedgerStore;

  beforeAll(async () => {
    cloud = await EndpointUnderTest.start();
    documents = DynamoDBDocumentClient.from(cloud.dynamoDb);
    await cloud.dynamoDb.send(
      new CreateTableCommand({
        TableName: 'ledger',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    store = new LedgerStore(documents, 'ledger');
  });

  afterAll(() => cloud.stop());

  it('keeps where an order stands, and each event that was booked', async () => {
    await store.book(ledgerEvent('kept', 1), placed, undefined);
    await store.book(ledgerEvent('kept', 2), paidHalf, await store.read('kept'));

    expect(await store.read('kept')).toEqual({ state: paidHalf, version: 2 });
    expect(await store.digestOf('kept', 2)).toBe(eventDigest(ledgerEvent('kept', 2)));
    expect(await store.digestOf('kept', 3)).toBeUndefined();
    const { Item } = await documents.send(
      new GetCommand({ TableName: 'ledger', Key: { pk: 'ENTRY#kept#0000000001' } }),
    );
    expect(Item).toMatchObject(ledgerEvent('kept', 1));
  });

  it('changes nothing when the order is no longer as it was seen', async () => {
    await store.book(ledgerEvent('raced', 1), placed, undefined);
    const seen = await store.read('raced');
    await store.book(ledgerEvent('raced', 2), paidHalf, seen);

    for (const late of [seen, undefined]) {
      await expect(store.book(ledgerEvent('raced', 3), placed, late)).rejects.toThrow(ConflictError);
    }
    expect(await store.digestOf('raced', 3)).toBeUndefined();
    expect(await store.read('raced')).toEqual({ state: paidHalf, version: 2 });
  });

  it('books no second event in a place that has an entry', async () => {
    await store.book(ledgerEvent('twice', 1), placed, undefined);

    await expect(store.book(ledgerEvent('twice', 1), placed, await store.read('twice'))).rejects.toThrow(
      ConflictError,
    );
  });
});

it.each([
  ['another transaction', ['None', 'TransactionConflict'], ConflictError],
  ['too many requests', ['ThrottlingError', 'None'], DependencyDownError],
])('LedgerStore is told by a canceled transaction of %s', async (_, codes, kind) => {
  const send = async () => {
    throw Object.assign(new Error('canceled'), {
      name: 'TransactionCanceledException',
      CancellationReasons: codes.map(Code => ({ Code })),
    });
  };
  const store = new LedgerStore({ send: send as never }, 'ledger');

  await expect(store.book(ledgerEvent('1', 1), placed, undefined)).rejects.toThrow(kind);
});

it.each([
  ['ThrottlingException', DependencyDownError],
  ['TransactionInProgressException', DependencyDownError],
  ['AccessDeniedException', Error],
])('LedgerStore tells %s from a conflict', async (name, kind) => {
  const send = async () => {
    throw Object.assign(new Error('no'), { name });
  };
  const store = new LedgerStore({ send: send as never }, 'ledger');

  const thrown = await store.book(ledgerEvent('1', 1), placed, undefined).catch((error: unknown) => error);

  expect(thrown).toBeInstanceOf(kind);
  expect(thrown).not.toBeInstanceOf(ConflictError);
});
