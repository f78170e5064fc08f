import { inspect } from 'node:util';
import * as v from 'valibot';
import { ConflictError, DependencyDownError } from '../../../lambda/shared/failures.ts';
import { onCurrentState, VersionedItems } from '../../../lambda/shared/versioned-items.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';

interface Counter {
  readonly count: number;
}
const schema = v.object({ count: v.number() });
const subject = { noun: 'order', keyPrefix: 'ORDER', idAttribute: 'order_id' };

describe('VersionedItems', () => {
  let server: DynamoDbServer;
  let tableName: string;
  let items: VersionedItems<Counter>;

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    tableName = await server.createTable();
    items = new VersionedItems({ subject, documents: server.documents, tableName, schema });
  });
  afterAll(() => server.stop());

  it('reads nothing where nothing was written', async () => {
    await expect(items.read('7')).resolves.toBeUndefined();
  });

  it('reads what was written, and how often', async () => {
    const first = await items.write('7', { count: 1 }, undefined);
    const second = await items.write('7', { count: 2 }, first);

    expect(second).toEqual({ state: { count: 2 }, version: 2 });
    await expect(items.read('7')).resolves.toEqual(second);
  });

  it('keeps a state by order, under a key of its own', async () => {
    await items.write('7', { count: 1 }, undefined);

    await expect(server.item(tableName, 'ORDER#7')).resolves.toEqual({
      pk: 'ORDER#7',
      order_id: '7',
      count: 1,
      version: 1,
      updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    await expect(items.read('8')).resolves.toBeUndefined();
  });

  it('keeps what else a table holds apart, by the prefix of its subject', async () => {
    const uploads = new VersionedItems({
      subject: { noun: 'upload', keyPrefix: 'UPLOAD', idAttribute: 'object_key' },
      documents: server.documents,
      tableName,
      schema,
    });
    await items.write('7', { count: 1 }, undefined);

    await expect(uploads.read('7')).resolves.toBeUndefined();
    await uploads.write('7', { count: 2 }, undefined);
    await expect(server.item(tableName, 'UPLOAD#7')).resolves.toMatchObject({ object_key: '7', count: 2 });
    await expect(uploads.write('7', { count: 3 }, undefined)).rejects.toThrow(
      /The record of upload 7 was changed/,
    );
  });

  it('refuses a first write where something is stored', async () => {
    await items.write('7', { count: 1 }, undefined);

    await expect(items.write('7', { count: 5 }, undefined)).rejects.toThrow(ConflictError);
    await expect(items.read('7')).resolves.toEqual({ state: { count: 1 }, version: 1 });
  });

  it('names nobody in what is logged, where the id says who somebody is', async () => {
    const users = new VersionedItems({
      subject: { noun: 'user', keyPrefix: 'EMAIL', idAttribute: 'email', isPersonal: true },
      documents: server.documents,
      tableName,
      schema,
    });
    await users.write('jane@example.com', { count: 'none' as never }, undefined);

    for (const attempt of [
      users.write('jane@example.com', { count: 1 }, undefined),
      users.read('jane@example.com'),
    ]) {
      const error = await attempt.catch((thrown: unknown) => thrown);
      expect(String(error)).toMatch(
        /The record of a user was changed|Item EMAIL#… of table .* cannot be read/,
      );
      expect(inspect(error, { depth: 5 })).not.toContain('jane');
    }
  });

  it('refuses a write on an old version', async () => {
    const first = await items.write('7', { count: 1 }, undefined);
    await items.write('7', { count: 2 }, first);

    await expect(items.write('7', { count: 5 }, first)).rejects.toThrow(ConflictError);
    await expect(items.read('7')).resolves.toMatchObject({ state: { count: 2 } });
  });

  it('replaces a state as a whole: no field of the old one stays', async () => {
    const kinds = new VersionedItems<{ readonly a: number } | { readonly b: number }>({
      subject,
      documents: server.documents,
      tableName,
      schema: v.union([v.object({ a: v.number() }), v.object({ b: v.number() })]),
    });

    await kinds.write('7', { b: 2 }, await kinds.write('7', { a: 1 }, undefined));

    await expect(server.item(tableName, 'ORDER#7')).resolves.not.toHaveProperty('a');
  });

  it('fails by name when an item is not what it should be', async () => {
    const others = new VersionedItems<{ readonly name: string }>({
      subject,
      documents: server.documents,
      tableName,
      schema: v.object({ name: v.string() }),
    });
    await others.write('7', { name: 'x' }, undefined);

    await expect(items.read('7')).rejects.toThrow(/ORDER#7 of table .* cannot be read: count: /);
  });

  it('calls a table that does not exist an error, not a conflict', async () => {
    const nowhere = new VersionedItems({
      subject,
      documents: server.documents,
      tableName: 'no-table',
      schema,
    });

    await expect(nowhere.write('7', { count: 1 }, undefined)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it.each([
    ['ConditionalCheckFailedException', ConflictError],
    ['TransactionConflictException', ConflictError],
    ['ThrottlingException', DependencyDownError],
  ])('turns %s upon a write into %p', async (name, kind) => {
    const failing = new VersionedItems({
      subject,
      documents: {
        send: async () => {
          throw Object.assign(new Error(name), { name });
        },
      },
      tableName,
      schema,
    });

    await expect(failing.write('7', { count: 1 }, undefined)).rejects.toThrow(kind);
  });

  it('calls DynamoDB down when a read cannot reach it', async () => {
    const failing = new VersionedItems({
      subject,
      documents: {
        send: async () => {
          throw Object.assign(new Error('no route'), { code: 'ENETUNREACH' });
        },
      },
      tableName,
      schema,
    });

    await expect(failing.read('7')).rejects.toThrow(DependencyDownError);
  });

  describe('onCurrentState', () => {
    const increment = (by: number) =>
      onCurrentState(items, '7', undefined, seen =>
        items.write('7', { count: (seen?.state.count ?? 0) + by }, seen),
      );

    it('loses no change when several write at once', async () => {
      await Promise.all([increment(1), increment(10), increment(100)]);

      await expect(items.read('7')).resolves.toEqual({ state: { count: 111 }, version: 3 });
    });

    it('gives up with the conflict when others keep coming in between', async () => {
      await expect(
        onCurrentState(items, '7', undefined, async () => {
          throw new ConflictError('always somebody else');
        }),
      ).rejects.toThrow('always somebody else');
    });
  });
});
