import type { RedriveState } from '../../../lambda/redriver/domain/redrive.ts';
import { redriveStates } from '../../../lambda/redriver/redrive-states.ts';
import { ConflictError } from '../../../lambda/shared/failures.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';

let dynamoDb: DynamoDbServer;
beforeAll(async () => {
  dynamoDb = await DynamoDbServer.start();
});
afterAll(() => dynamoDb.stop());

const portion = { size: 10, moved: 4, expected: -2, moved_at: 1_764_000_000_000 };

it.each<RedriveState>([
  { phase: 'idle' },
  { phase: 'probing', portion },
  { phase: 'moving', portion },
  { phase: 'stopped', reason: 'returned', stopped_at: 1_764_000_000_000, moved: 5, returned: 5 },
])('is kept as it is: $phase', async state => {
  const states = redriveStates(dynamoDb.documents, await dynamoDb.createTable());
  const first = await states.write('orders', { phase: 'idle' }, undefined);
  await states.write('orders', state, first);
  expect(await states.read('orders')).toEqual({ state, version: 2 });
});

it('is not written over by a run that did not see it', async () => {
  const states = redriveStates(dynamoDb.documents, await dynamoDb.createTable());
  const first = await states.write('orders', { phase: 'idle' }, undefined);
  await states.write('orders', { phase: 'probing', portion }, first);
  await expect(states.write('orders', { phase: 'moving', portion }, first)).rejects.toThrow(ConflictError);
});
