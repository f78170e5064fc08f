import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { EventLogTable } from '../../../lambda/user-signup/event-log-table.ts';
import { eventLogging } from '../../../lambda/user-signup/event-logging.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { userId, userSignedUp } from '../../support/user-events.ts';

describe('eventLogging', () => {
  let server: DynamoDbServer;
  let tableName: string;
  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    tableName = await server.createTable();
  });
  afterAll(() => server.stop());

  const logged = () => server.item(tableName, `EVENT#user_signed_up#${userId}`);
  const log = () => eventLogging({ log: new EventLogTable(server.documents, tableName) });

  it('keeps the whole event, with what nobody here knows', async () => {
    const event = { ...userSignedUp(), locale: 'de' };
    expect(await log()(event)).toEqual({ outcome: 'logged' });
    expect(await logged()).toMatchObject({ event, logged_at: expect.any(String) });
  });

  it('keeps an event once, and as it was first', async () => {
    await log()(userSignedUp());
    expect(await log()(userSignedUp({ correlation_id: 'another' }))).toEqual({ outcome: 'already_logged' });
    expect(await logged()).toMatchObject({ event: { correlation_id: 'request-1' } });
  });

  it('tells a table that is down from an event that is there already', async () => {
    const down = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    const handle = eventLogging({ log: new EventLogTable({ send: () => Promise.reject(down) }, 'log') });
    await expect(handle(userSignedUp())).rejects.toThrow(DependencyDownError);
  });
});
