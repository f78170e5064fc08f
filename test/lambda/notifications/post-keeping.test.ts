import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { maxContentBytes } from '../../../contracts/posts.ts';
import { partsOf } from '../../../lambda/notifications/domain/kept-post.ts';
import { PostIdTakenError, postKeeping } from '../../../lambda/notifications/post-keeping.ts';
import { PostTable } from '../../../lambda/notifications/post-table.ts';
import { ConflictError, DependencyDownError } from '../../../lambda/shared/failures.ts';
import { EndpointUnderTest } from '../../local/emulators/endpoint-under-test.ts';
import { postPublished } from '../../support/posts.ts';

describe('postKeeping', () => {
  let cloud: EndpointUnderTest;
  let documents: DynamoDBDocumentClient;
  let keep: ReturnType<typeof postKeeping>;
  const TableName = 'posts';

  beforeAll(async () => {
    cloud = await EndpointUnderTest.start();
    documents = DynamoDBDocumentClient.from(cloud.dynamoDb);
    await cloud.dynamoDb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    keep = postKeeping({ archive: new PostTable(documents, TableName) });
  });
  afterAll(() => cloud.stop());

  const item = async (pk: string) =>
    (await documents.send(new GetCommand({ TableName, Key: { pk }, ConsistentRead: true }))).Item;

  it('keeps a post', async () => {
    const post = postPublished({ post_id: 'first', content: 'Queues.' });

    await expect(keep(post)).resolves.toEqual({ outcome: 'kept', details: { parts: 1 } });
    await expect(item('POST#first')).resolves.toMatchObject({
      post_id: 'first',
      title: 'New Blog Post!',
      author: 'Jane Smith',
      published_at: post.published_at,
      content: 'Queues.',
      parts: 1,
    });
  });

  it('changes nothing when the post comes again, however late and whenever it was published', async () => {
    const post = postPublished({ post_id: 'again' });
    await keep(post);
    const before = await item('POST#again');

    const late = { ...post, correlation_id: 'another', published_at: '2027-01-01T00:00:00.000Z' };
    await expect(keep(late)).resolves.toMatchObject({ outcome: 'kept_before' });
    await expect(item('POST#again')).resolves.toEqual(before);
  });

  it('sets another post under the same id aside, and keeps the first', async () => {
    await keep(postPublished({ post_id: 'taken', title: 'First' }));

    await expect(keep(postPublished({ post_id: 'taken', title: 'Second' }))).rejects.toThrow(
      PostIdTakenError,
    );
    await expect(item('POST#taken')).resolves.toMatchObject({ title: 'First' });
  });

  it('keeps the longest content, in parts, all at once', async () => {
    const content = '€'.repeat(maxContentBytes / 3);
    const post = postPublished({ post_id: 'long', content });

    const { details } = await keep(post);

    const parts = Number(details?.parts);
    expect(parts).toBeGreaterThan(1);
    const items = await Promise.all([
      item('POST#long'),
      ...Array.from({ length: parts - 1 }, (_, index) => item(`POST#long#PART#${index + 2}`)),
    ]);
    expect(items.map(each => each?.content).join('')).toBe(content);
    await expect(keep(post)).resolves.toMatchObject({ outcome: 'kept_before' });
  });

  it.each([
    ['being kept by another delivery', ['None', 'TransactionConflict'], ConflictError],
    ['throttled', ['None', 'ThrottlingError'], DependencyDownError],
  ])('fails for the time being when it is %s', async (_, codes, kind) => {
    const canceled = Object.assign(new Error('canceled'), {
      name: 'TransactionCanceledException',
      CancellationReasons: codes.map(Code => ({ Code })),
    });
    const archive = new PostTable({ send: (async () => Promise.reject(canceled)) as never }, TableName);

    await expect(postKeeping({ archive })(postPublished())).rejects.toThrow(kind);
  });

  it('fails for the time being when DynamoDB is down', async () => {
    const down = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const archive = new PostTable({ send: (async () => Promise.reject(down)) as never }, TableName);

    await expect(postKeeping({ archive })(postPublished())).rejects.toThrow(DependencyDownError);
  });
});

it('parts part no character', () => {
  const content = `x${'🫖'.repeat(150_000)}`;
  const parts = partsOf({ content });

  expect(parts.join('')).toBe(content);
  expect(parts.every(part => part.isWellFormed() && Buffer.byteLength(part) <= 400_000)).toBe(true);
});
