import {
  CreateTableCommand,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { EndpointUnderTest } from '../endpoint-under-test.ts';

let cloud: EndpointUnderTest;

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
  await cloud.dynamoDb.send(
    new CreateTableCommand({
      TableName: 'stock',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
});

afterAll(() => cloud.stop());

function update(id: string, input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>) {
  return cloud.dynamoDb.send(new UpdateItemCommand({ TableName: 'stock', Key: { id: { S: id } }, ...input }));
}

async function item(id: string) {
  const { Item } = await cloud.dynamoDb.send(
    new GetItemCommand({ TableName: 'stock', Key: { id: { S: id } } }),
  );
  return Item;
}

it('give each of several equal requests a result of its own', async () => {
  const add = {
    UpdateExpression: 'SET #list = list_append(if_not_exists(#list, :none), :one)',
    ExpressionAttributeNames: { '#list': 'list' },
    ExpressionAttributeValues: { ':none': { L: [] }, ':one': { L: [{ S: 'a' }] } },
  };

  await update('one', add);
  await update('one', add);
  await update('other', add);

  expect((await item('one'))?.list).toEqual({ L: [{ S: 'a' }, { S: 'a' }] });
  expect((await item('other'))?.list).toEqual({ L: [{ S: 'a' }] });
});

it('take the values of each request', async () => {
  const set = (value: string) => ({
    UpdateExpression: 'SET colour = :colour',
    ExpressionAttributeValues: { ':colour': { S: value } },
  });

  await update('coloured', set('blue'));
  await update('coloured', set('green'));

  expect((await item('coloured'))?.colour).toEqual({ S: 'green' });
});

it('cross off the names that they use, and no others, each time', async () => {
  const condition = {
    ConditionExpression: '#count < :limit',
    ExpressionAttributeNames: { '#count': 'count' },
    ExpressionAttributeValues: { ':limit': { N: '5' } },
  };
  const counting = { ...condition, UpdateExpression: 'SET #count = :limit' };
  const labelling = { ...condition, UpdateExpression: 'SET label = :limit' };
  await update('counted', {
    UpdateExpression: 'SET #count = :one',
    ExpressionAttributeNames: { '#count': 'count' },
    ExpressionAttributeValues: { ':one': { N: '1' } },
  });

  await update('counted', counting);

  await expect(update('counted', labelling)).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
  });
  await expect(
    update('counted', { ...counting, ExpressionAttributeNames: { '#count': 'count', '#other': 'other' } }),
  ).rejects.toMatchObject({ message: expect.stringContaining('unused in expressions: keys: {#other}') });
});

it('report a fault as often as it is made', async () => {
  const faulty = () => update('faulty', { UpdateExpression: 'SET SET' });

  await expect(faulty()).rejects.toMatchObject({ message: expect.stringContaining('Syntax error') });
  await expect(faulty()).rejects.toMatchObject({ message: expect.stringContaining('Syntax error') });
});
