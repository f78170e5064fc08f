import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { maxSignUpBodyBytes } from '../../../contracts/user-signup.ts';
import type { UserSignedUp } from '../../../contracts/users.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { IdempotentRequests } from '../../../lambda/shared/idempotent-requests.ts';
import type { UserState } from '../../../lambda/user-signup/domain/sign-up.ts';
import { signUpIntake } from '../../../lambda/user-signup/sign-up-intake.ts';
import { userStore } from '../../../lambda/user-signup/user-store.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { postRequest, type RequestOptions } from '../../support/http-requests.ts';
import { lambdaContext } from '../../support/lambda-context.ts';

const jane = { email: 'jane@example.com', name: 'Jane Smith', plan: 'team' };

describe('signUpIntake', () => {
  let server: DynamoDbServer;
  let tableName: string;
  let published: UserSignedUp[];
  let publish: (event: UserSignedUp) => Promise<void>;
  let beforeWrite: (next: UserState) => Promise<void>;
  let lines: { readonly outcome: string; readonly user_id?: string }[];
  let handler: (request: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    published = [];
    lines = [];
    publish = async event => {
      published.push(event);
    };
    beforeWrite = async () => undefined;
    tableName = await server.createTable();
    let users = 0;
    const store = userStore(server.documents, tableName);
    const note = (_message: string, line: (typeof lines)[number]) => void lines.push(line);
    handler = signUpIntake({
      topic: { publish: event => publish(event) },
      users: {
        read: email => store.read(email),
        write: async (email, next, seen) => {
          await beforeWrite(next);
          return store.write(email, next, seen);
        },
      },
      requests: new IdempotentRequests({
        dynamoDb: server.client,
        tableName,
        keyspace: 'idempotency key',
        rememberForSeconds: 60,
      }),
      newUserId: () => `00000000-0000-4000-8000-00000000000${++users}`,
      logger: { addContext: () => undefined, info: note, warn: note, error: note } as never,
    });
  });
  afterAll(() => server.stop());

  async function post(content: unknown, options: RequestOptions = {}) {
    const headers = { 'content-type': 'application/json', ...options.headers };
    const response = (await handler(postRequest(content, { ...options, headers }), lambdaContext())) as {
      statusCode: number;
      headers: Record<string, string>;
      body: string;
    };
    return { ...response, content: JSON.parse(response.body) as Record<string, unknown> };
  }
  const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });
  const stored = () => server.item(tableName, 'EMAIL#jane@example.com');
  const first = '00000000-0000-4000-8000-000000000001';

  it('makes a user, and tells others as the contract says', async () => {
    const response = await post(
      { ...jane, email: 'Jane@Example.com' },
      { headers: { 'x-correlation-id': 'web-1' } },
    );

    expect(response).toMatchObject({
      statusCode: 202,
      headers: { 'x-correlation-id': 'web-1' },
      content: { user_id: first },
    });
    expect(published).toEqual([
      {
        event_type: 'user_signed_up',
        correlation_id: 'web-1',
        user_id: first,
        ...jane,
        signed_up_at: expect.any(String),
      },
    ]);
    expect(await stored()).toMatchObject({ status: 'announced', user_id: first, name: 'Jane Smith' });
    expect(lines).toMatchObject([{ outcome: 'signed_up', user_id: first }]);
  });

  it('makes one user of an address, and tells of it once', async () => {
    await post(jane);
    const again = await post({ ...jane, email: 'JANE@example.com' });

    expect(again).toMatchObject({ statusCode: 202, content: { user_id: first } });
    expect(published).toHaveLength(1);
    expect(lines.map(({ outcome }) => outcome)).toEqual(['signed_up', 'signed_up_before']);
  });

  it('makes one user of two requests at once', async () => {
    const both = await Promise.all([post(jane), post(jane)]);

    const ids = new Set(both.map(({ content }) => content.user_id));
    expect(both.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
    expect(ids.size).toBe(1);
    expect(new Set(published.map(({ user_id }) => user_id))).toEqual(ids);
  });

  it('refuses an address that somebody has', async () => {
    await post(jane);
    const other = await post({ ...jane, name: 'Joe Smith' });

    expect(other).toMatchObject({ statusCode: 409, content: { error: 'email_taken' } });
    expect(published).toHaveLength(1);
    expect(await stored()).toMatchObject({ name: 'Jane Smith' });
  });

  it('answers a request with the same key as it did, and refuses another one under that key', async () => {
    await post(jane, withKey('k'));
    const again = await post(jane, withKey('k'));
    const other = await post({ ...jane, email: 'joe@example.com' }, withKey('k'));

    expect(again).toMatchObject({ statusCode: 202, content: { user_id: first } });
    expect(other).toMatchObject({ statusCode: 422, content: { error: 'key_reused' } });
    expect(published).toHaveLength(1);
    expect(lines.map(({ outcome }) => outcome)).toEqual(['signed_up', 'signed_up_before', 'key_reused']);
  });

  it('finishes with the next request what the topic did not take with the first', async () => {
    publish = () => Promise.reject(new DependencyDownError('SNS is down'));
    const refused = await post(jane, withKey('k'));
    expect(refused).toMatchObject({ statusCode: 503, headers: { 'retry-after': '2' } });
    expect(await stored()).toMatchObject({ status: 'recorded' });

    publish = async event => void published.push(event);
    const taken = await post(jane, withKey('k'));

    expect(taken).toMatchObject({ statusCode: 202, content: { user_id: first } });
    expect(published).toMatchObject([{ user_id: first, signed_up_at: (await stored())?.signed_up_at }]);
    expect(await stored()).toMatchObject({ status: 'announced' });
  });

  it('says yes once others were told, though that could not be noted', async () => {
    beforeWrite = async ({ status }) => {
      if (status === 'announced') throw new DependencyDownError('DynamoDB is down');
    };
    expect(await post(jane)).toMatchObject({ statusCode: 202 });

    expect(await post(jane)).toMatchObject({ statusCode: 202, content: { user_id: first } });
    expect(published.map(({ user_id }) => user_id)).toEqual([first, first]);
  });

  it('tells nobody of a user who could not be recorded', async () => {
    beforeWrite = () => Promise.reject(new DependencyDownError('DynamoDB is down'));
    expect(await post(jane)).toMatchObject({ statusCode: 503 });
    expect(published).toEqual([]);
  });

  it('answers 500 where the fault is its own', async () => {
    publish = () => Promise.reject(new Error('no permission'));
    expect(await post(jane)).toMatchObject({ statusCode: 500, content: { error: 'internal_error' } });
  });

  it('names every fault', async () => {
    const response = await post({ email: 'jane', plan: 'gold' }, withKey('no spaces'));
    expect(response.statusCode).toBe(400);
    const { faults } = response.content as { faults: { field: string }[] };
    expect(faults.map(({ field }) => field)).toEqual(['idempotency-key', 'email', 'name', 'plan']);
  });

  it('reads no more than a sign-up has', async () => {
    const response = await post({ ...jane, note: 'x'.repeat(maxSignUpBodyBytes) });
    expect(response).toMatchObject({ statusCode: 413, content: { error: 'body_too_large' } });
  });
});
