import { type ShareState, shareOf } from '../../../lambda/notifications/domain/share.ts';
import { postSharing } from '../../../lambda/notifications/post-sharing.ts';
import { ConflictError, DependencyDownError } from '../../../lambda/shared/failures.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';
import { postPublished } from '../../support/posts.ts';

const post = postPublished();
const delivery = { id: 'delivery', remainingTimeInMs: () => 15_000 };

describe('postSharing', () => {
  let shares: InMemoryStates<ShareState>;
  let asked: string[];
  let onAsked: () => unknown;
  let handle: ReturnType<typeof postSharing>;

  beforeEach(() => {
    shares = new InMemoryStates();
    asked = [];
    onAsked = () => undefined;
    handle = postSharing({
      shares,
      network: {
        share: async ({ post_id }) => {
          asked.push(post_id);
          await onAsked();
          return { share_id: `share-${post_id}` };
        },
      },
    });
  });

  it('shares a post, and records under which id', async () => {
    await expect(handle(post, delivery)).resolves.toEqual({
      outcome: 'shared',
      details: { share_id: 'share-67890' },
    });
    expect(shares.states.get('67890')?.state).toMatchObject({ status: 'shared', share_id: 'share-67890' });
  });

  it('asks nobody about a post that was shared', async () => {
    await handle(post, delivery);

    await expect(handle(post, delivery)).resolves.toEqual({ outcome: 'shared_before' });
    expect(asked).toEqual(['67890']);
  });

  it('records nothing when the network is down', async () => {
    onAsked = () => {
      throw new DependencyDownError('down');
    };

    await expect(handle(post, delivery)).rejects.toThrow('down');
    expect(shares.states.size).toBe(0);
  });

  it('asks again, under the same key, when it could not record what it did', async () => {
    shares.beforeWrite = () => {
      throw new DependencyDownError('DynamoDB is down');
    };
    await expect(handle(post, delivery)).rejects.toThrow('DynamoDB is down');

    shares.beforeWrite = () => undefined;
    await expect(handle(post, delivery)).resolves.toMatchObject({ outcome: 'shared' });
    expect(asked).toEqual(['67890', '67890']);
  });

  it('comes back when another delivery recorded it meanwhile, and finds that', async () => {
    onAsked = async () => {
      if (asked.length === 1) await handle(post, delivery);
    };

    await expect(handle(post, delivery)).rejects.toThrow(ConflictError);
    await expect(handle(post, delivery)).resolves.toEqual({ outcome: 'shared_before' });
  });
});

it('a share is no longer than networks take, and names the author', () => {
  const { text } = shareOf(postPublished({ title: 'x'.repeat(200), author: 'y'.repeat(200) }));

  expect(text).toHaveLength(280);
  expect(text.endsWith(`..., by ${'y'.repeat(200)}`)).toBe(true);
  expect(shareOf(post).text).toBe('New Blog Post!, by Jane Smith');
});
