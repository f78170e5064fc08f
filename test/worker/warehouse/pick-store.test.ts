import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DependencyDownError } from '../../../worker/failures.ts';
import { DynamoDbPickStore } from '../../../worker/warehouse/pick-store.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';

let server: DynamoDbServer;
let tableName: string;
beforeAll(async () => {
  server = await DynamoDbServer.start();
});
beforeEach(async () => {
  tableName = await server.createTable();
});
afterAll(() => server.stop());

const pick = { orderId: '12345', customer: 'John Doe', items: [{ sku: 'TEAPOT', quantity: 2 }] };
const store = () => new DynamoDbPickStore(tableName, server.client);

async function stored() {
  const { Item: item } = await server.client.send(
    new GetItemCommand({ TableName: tableName, Key: { pk: { S: 'ORDER#12345' } }, ConsistentRead: true }),
  );
  return item;
}

it('opens a pick once', async () => {
  expect(await store().open(pick)).toBe(true);
  expect(await store().open({ ...pick, customer: 'somebody else' })).toBe(false);
  expect(await stored()).toEqual({
    pk: { S: 'ORDER#12345' },
    status: { S: 'open' },
    customer: { S: 'John Doe' },
    items: { L: [{ M: { sku: { S: 'TEAPOT' }, quantity: { N: '2' } } }] },
  });
});

it('opens no pick that two consumers open at once a second time', async () => {
  const opened = await Promise.all([store().open(pick), store().open(pick)]);
  expect(opened.filter(Boolean)).toHaveLength(1);
});

it('withdraws a pick once, and never opens one that was withdrawn before it was known', async () => {
  expect(await store().withdraw('12345')).toBe(true);
  expect(await store().withdraw('12345')).toBe(false);
  expect(await store().open(pick)).toBe(false);
  expect((await stored())?.status).toEqual({ S: 'withdrawn' });
});

it('says that DynamoDB is down when it is', async () => {
  const down = { send: () => Promise.reject(Object.assign(new Error('no'), { name: 'ECONNREFUSED' })) };
  await expect(new DynamoDbPickStore('picks', down as never).open(pick)).rejects.toThrow(DependencyDownError);
});
