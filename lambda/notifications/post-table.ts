import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { cancellationFailure, cancellationReasons } from '../shared/canceled-transaction.ts';
import { reach } from '../shared/dependency.ts';
import { ConflictError } from '../shared/failures.ts';
import type { KeptPost, PostArchive } from './post-keeping.ts';

/**
 * Posts as items `POST#<id>`, with the beginning of the content, and `POST#<id>#PART#<n>` for the rest of what
 * is larger than an item: written in one transaction, so that nobody finds a post with half of its content.
 *
 * A transaction takes 100 items and 4 MB, which is twice the longest content.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export class PostTable implements PostArchive {
  readonly #documents: Pick<DynamoDBDocumentClient, 'send'>;
  readonly #tableName: string;

  constructor(documents: Pick<DynamoDBDocumentClient, 'send'>, tableName: string) {
    this.#documents = documents;
    this.#tableName = tableName;
  }

  async keep(post: KeptPost): Promise<{ isNew: boolean; digest: string }> {
    const { parts, ...head } = post;
    const [content, ...others] = parts;
    const TableName = this.#tableName;
    const pk = `POST#${post.post_id}`;
    const items = [
      { ...head, pk, content, parts: parts.length, kept_at: new Date().toISOString() },
      ...others.map((part, index) => ({ pk: `${pk}#PART#${index + 2}`, content: part })),
    ];
    try {
      await this.#documents.send(
        new TransactWriteCommand({
          TransactItems: items.map((Item, index) => ({
            Put: {
              TableName,
              Item,
              ...(index === 0 && { ConditionExpression: 'attribute_not_exists(pk)' }),
            },
          })),
        }),
      );
      return { isNew: true, digest: post.digest };
    } catch (thrown) {
      checkCanceled(post.post_id, thrown);
      return { isNew: false, digest: await this.#digestOf(pk) };
    }
  }

  async #digestOf(pk: string): Promise<string> {
    const { Item } = await reach(
      'DynamoDB',
      this.#documents.send(
        new GetCommand({
          TableName: this.#tableName,
          Key: { pk },
          ConsistentRead: true,
          ProjectionExpression: 'digest',
        }),
      ),
    );
    return v.parse(v.object({ digest: v.string() }), Item).digest;
  }
}

/** @throws whatever says that the transaction was not canceled because the post is there. */
function checkCanceled(postId: string, thrown: unknown): void {
  const reasons = cancellationReasons(thrown);
  if (reasons[0]?.Code === 'ConditionalCheckFailed') return;
  if (reasons.some(({ Code }) => Code === 'TransactionConflict')) {
    throw new ConflictError(`Post ${postId} is being kept by another delivery. It is safe to try again.`, {
      cause: thrown,
    });
  }
  throw cancellationFailure(`post ${postId}`, reasons, thrown);
}
