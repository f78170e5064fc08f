import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { maxPostBodyBytes } from '../../../contracts/notifications.ts';
import type { PostPublished } from '../../../contracts/posts.ts';
import { postIntake } from '../../../lambda/notifications/post-intake.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { IdempotentRequests } from '../../../lambda/shared/idempotent-requests.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { postRequest, type RequestOptions } from '../../support/http-requests.ts';
import { lambdaContext } from '../../support/lambda-context.ts';

const post = { post_id: '67890', title: 'New Blog Post!', author: 'Jane Smith' };

describe('postIntake', () => {
  let server: DynamoDbServer;
  let published: PostPublished[];
  let publish: (event: PostPublished) => Promise<void>;
  let lines: unknown[][];
  let handler: (request: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    published = [];
    lines = [];
    publish = async event => void published.push(event);
    const remembered = {
      dynamoDb: server.client,
      tableName: await server.createTable(),
      rememberForSeconds: 60,
    };
    const note = (...line: unknown[]) => void lines.push(line);
    handler = postIntake({
      topic: { publish: event => publish(event) },
      posts: new IdempotentRequests({ ...remembered, keyspace: 'post id' }),
      requests: new IdempotentRequests({ ...remembered, keyspace: 'idempotency key' }),
      logger: { addContext: () => undefined, info: note, warn: note, error: note },
    });
  });
  afterAll(() => server.stop());

  async function send(content: unknown, { headers }: RequestOptions = {}) {
    const request = postRequest(content, { headers: { 'content-type': 'application/json', ...headers } });
    const response = (await handler(request, lambdaContext())) as { statusCode: number; body: string };
    return { status: response.statusCode, content: JSON.parse(response.body) as Record<string, unknown> };
  }

  it('answers 202 with the id of the post, and publishes it as the contract says', async () => {
    const answer = await send(
      { ...post, content: 'Queues.' },
      { headers: { 'x-correlation-id': 'editor-1' } },
    );

    expect(answer).toEqual({ status: 202, content: { post_id: '67890' } });
    expect(published).toEqual([
      {
        event_type: 'post_published',
        correlation_id: 'editor-1',
        published_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        ...post,
        content: 'Queues.',
      },
    ]);
    expect(lines).toEqual([
      ['Post taken', expect.objectContaining({ outcome: 'accepted', post_id: '67890' })],
    ]);
  });

  it('publishes the same post once, however often it comes, with a key and without', async () => {
    const answers = [
      await send(post),
      await send(post),
      await send(post, { headers: { 'idempotency-key': 'k' } }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(published).toHaveLength(1);
    expect(lines.at(-1)).toEqual([
      'Post taken',
      expect.objectContaining({ outcome: 'accepted_before', post_id: '67890' }),
    ]);
  });

  it('refuses another post under the same id', async () => {
    await send(post);

    expect(await send({ ...post, content: 'Another' })).toMatchObject({
      status: 422,
      content: { error: 'key_reused' },
    });
    expect(published).toHaveLength(1);
  });

  it('names every fault of what is no post', async () => {
    const { status, content } = await send({ post_id: 'no spaces', title: '' });

    expect(status).toBe(400);
    expect((content.faults as { field: string }[]).map(({ field }) => field)).toEqual([
      'post_id',
      'title',
      'author',
    ]);
  });

  it('refuses a body that is a byte too large, unread', async () => {
    const fitting = JSON.stringify({ ...post, padding: '' });
    const tooLarge = JSON.stringify({ ...post, padding: 'x'.repeat(maxPostBodyBytes + 1 - fitting.length) });

    expect(await send(tooLarge)).toMatchObject({ status: 413, content: { error: 'body_too_large' } });
  });

  it('promises nothing while the topic is down, and publishes when it is asked again', async () => {
    publish = async () => {
      throw new DependencyDownError('SNS is down');
    };
    expect(await send(post)).toMatchObject({ status: 503, content: { error: 'unavailable' } });

    publish = async event => void published.push(event);
    expect((await send(post)).status).toBe(202);
    expect(published).toHaveLength(1);
  });
});
