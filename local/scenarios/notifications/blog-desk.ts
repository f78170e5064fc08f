import { randomUUID } from 'node:crypto';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { postEvents } from '../../../contracts/posts.ts';
import type { RunningSystem } from '../scenario.ts';
import type { PostedPost } from './posts.ts';

/** Brings posts to the system, lets readers in, and looks up what became of a post. */
export class BlogDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  /** Where posts are posted to, as a person would. */
  get url(): string {
    return this.#system.output('PostsUrl');
  }

  async addReader(address: string): Promise<void> {
    await this.#system.dynamodb.send(
      new PutCommand({
        TableName: this.#system.output('ReadersTableName'),
        Item: { pk: `READER#${address}`, address },
      }),
    );
  }

  /** Posts a post over HTTP. */
  post(post: unknown): Promise<Response> {
    return fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(post),
    });
  }

  /** Publishes a post past the intake, as a duplicate comes that is late by weeks. */
  async publish(post: PostedPost): Promise<void> {
    const { body, attributes } = postEvents.encode({
      event_type: 'post_published',
      correlation_id: randomUUID(),
      published_at: new Date().toISOString(),
      ...post,
    });
    await this.#system.sns.send(
      new PublishCommand({
        TopicArn: this.#system.output('NewPostTopicArn'),
        Message: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
      }),
    );
  }

  /** The content of a post as it is kept, all parts together; undefined where there is no such post. */
  async keptContent(postId: string): Promise<string | undefined> {
    const head = await this.#keptItem(`POST#${postId}`);
    if (head === undefined) return undefined;
    const others = Array.from({ length: Number(head.parts) - 1 }, (_, index) =>
      this.#keptItem(`POST#${postId}#PART#${index + 2}`),
    );
    return [head, ...(await Promise.all(others))].map(item => String(item?.content)).join('');
  }

  /** What the functions did about a post, by the words that they have for it. */
  outcomesOf(postId: string): string[] {
    return this.#system.log
      .filter(({ fields }) => fields.post_id === postId)
      .map(({ fields }) => String(fields.outcome));
  }

  /** Addresses that were written to about a post, in the order of the alphabet. */
  writtenTo(postId: string): string {
    return this.#system.outbox
      .filter(({ tags }) => tags.post_id === postId)
      .flatMap(({ to }) => to)
      .sort()
      .join(', ');
  }

  async #keptItem(pk: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.#system.dynamodb.send(
      new GetCommand({ TableName: this.#system.output('PostsTableName'), Key: { pk }, ConsistentRead: true }),
    );
    return Item;
  }
}
