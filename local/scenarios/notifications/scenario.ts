import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { until } from '../condition.ts';
import { expectEqual, repeated, unequal } from '../expectations.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { BlogDesk } from './blog-desk.ts';
import { longPost, newPost, shortPost } from './posts.ts';
import { LocalSocialNetwork } from './social-network.ts';

const sharePost = 'notifications/SharePost/Function';
const deadLetterAlarm = 'notifications/DatabaseMonitoring/DeadLetters';

const readers = ['jane@example.com', 'john@example.com'];
/** One does not exist, the other's owner complains: SES's own addresses for trying that out. */
const unreachable = ['bounce@simulator.amazonses.com', 'complaint@simulator.amazonses.com'];

const queues = ['Email', 'Database', 'Social', 'Mails', 'Feedback'];

export const scenario: Scenario = {
  environment: { [sharePost]: { BREAK_SECONDS: '1' } },

  async demonstrate(system, tell) {
    const desk = new BlogDesk(system);
    const network = await LocalSocialNetwork.open(system);
    try {
      for (const reader of [...readers, ...unreachable]) await desk.addReader(reader);
      await desk.post(newPost);
      await until(async () => unequal('shared', network.shared.get(newPost.post_id) !== undefined, true));
      tell(`On the social network: ${network.shared.get(newPost.post_id)}`);
      await until(async () => unequal('written to', desk.writtenTo(newPost.post_id), everybody()));
      tell(`Written to: ${desk.writtenTo(newPost.post_id)}`);
      await until(async () => unequal('marked addresses', marked(system), unreachable.length));
      tell('Two of them are read by nobody, and are left out from now on.');
      await desk.post(longPost);
      await until(async () => unequal('kept', await desk.keptContent(longPost.post_id), longPost.content));
      await until(async () => unequal('shared', network.shared.has(longPost.post_id), true));
      tell(`A post of ${longPost.content?.length} characters went by S3.`);
      tell(
        `Publish one yourself: ${desk.url}. The social network is gone now: its queue keeps what is for it.`,
      );
    } finally {
      await network.close();
    }
  },

  async check(system, steps) {
    const network = await LocalSocialNetwork.open(system);
    try {
      await new PostCheck(system, steps, network).run();
    } finally {
      await network.close();
    }
  },
};

/** What comes of posts, told in steps that must hold. */
class PostCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #desk: BlogDesk;
  readonly #network: LocalSocialNetwork;

  constructor(system: RunningSystem, steps: CheckSteps, network: LocalSocialNetwork) {
    this.#system = system;
    this.#steps = steps;
    this.#desk = new BlogDesk(system);
    this.#network = network;
  }

  async run(): Promise<void> {
    await this.#sendsWhatIsNone();
    await this.#publishes();
    await this.#publishesOnce();
    await this.#leavesUnreachableOut();
    await this.#survivesOutage();
    await this.#readsNewToken();
    await this.#setsAside();
    await this.#didNothingTwice();
  }

  /** First, since it fails for as long as its queue lets it. */
  async #sendsWhatIsNone(): Promise<void> {
    await this.#steps.step('a message that is no post fails by itself', async () => {
      const QueueUrl = this.#system.output('DatabaseQueueUrl');
      await this.#system.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"post_id":"none"}' }));
      await until(async () =>
        unequal('outcome', this.#desk.outcomesOf('none').includes('failed') ? 'failed' : 'none', 'failed'),
      );
      return undefined;
    });
  }

  async #publishes(): Promise<void> {
    const { step } = this.#steps;
    await step('a post over HTTP is answered 202', async () => {
      for (const reader of [...readers, ...unreachable]) await this.#desk.addReader(reader);
      expectEqual('status', (await this.#desk.post(newPost)).status, 202);
      return newPost.title;
    });
    await step('it is kept, shared, and mailed to every reader', async () => {
      const { post_id, content } = newPost;
      await until(async () => unequal('kept', await this.#desk.keptContent(post_id), content));
      await until(async () =>
        unequal('shared', this.#network.shared.get(post_id), 'New Blog Post!, by Jane Smith'),
      );
      await until(async () => unequal('written to', this.#desk.writtenTo(post_id), everybody()));
      return this.#desk.writtenTo(post_id);
    });
    await step('a mail reads as it should', async () => {
      const mail = this.#system.outbox.find(({ to }) => to.includes('jane@example.com'));
      expectEqual('subject', mail?.subject, newPost.title);
      expectEqual(
        'beginning',
        mail?.text.startsWith(`${newPost.title}\nby ${newPost.author}\n\n${newPost.content}`),
        true,
      );
      return undefined;
    });
  }

  async #publishesOnce(): Promise<void> {
    const { step } = this.#steps;
    await step('the same post again is answered 202, another under its id 422', async () => {
      expectEqual('status', (await this.#desk.post(newPost)).status, 202);
      expectEqual('status', (await this.#desk.post({ ...newPost, title: 'Another' })).status, 422);
      return undefined;
    });
    await step('a duplicate that is late changes nothing', async () => {
      await this.#desk.publish(newPost);
      const expected = ['addressed_before', 'kept_before', 'shared_before'];
      await until(async () => {
        const outcomes = this.#desk.outcomesOf(newPost.post_id);
        return unequal(
          'outcomes',
          expected.filter(outcome => outcomes.includes(outcome)).join(),
          `${expected}`,
        );
      });
      return undefined;
    });
  }

  async #leavesUnreachableOut(): Promise<void> {
    const { step } = this.#steps;
    await step('a bounce and a complaint come back, and mark their addresses', async () => {
      await until(async () => unequal('marked addresses', marked(this.#system), unreachable.length));
      return undefined;
    });
    await step('a post larger than a message arrives whole, at who can be reached', async () => {
      expectEqual('status', (await this.#desk.post(longPost)).status, 202);
      const { post_id, content } = longPost;
      await until(async () =>
        (await this.#desk.keptContent(post_id)) === content ? undefined : 'it is not kept whole',
      );
      await until(async () => unequal('shared', this.#network.shared.has(post_id), true));
      await until(async () => unequal('skipped', count(this.#desk.outcomesOf(post_id), 'skipped'), 2));
      await until(async () => unequal('written to', this.#desk.writtenTo(post_id), readers.join(', ')));
      return `${content?.length} characters`;
    });
  }

  async #survivesOutage(): Promise<void> {
    const { step } = this.#steps;
    const posts = ['outage-1', 'outage-2', 'outage-3'].map(shortPost);
    await step('the network is down: it is tried again, and then left alone', async () => {
      this.#network.isDown = true;
      const before = this.#network.requests;
      for (const post of posts) expectEqual('status', (await this.#desk.post(post)).status, 202);
      await until(async () => unequal('left alone', this.#failedAs('NetworkLeftAloneError') > 0, true));
      return `after ${this.#network.requests - before} requests`;
    });
    await step('it is back: each post is shared', async () => {
      this.#network.isDown = false;
      await until(async () => {
        const missing = posts.filter(({ post_id }) => !this.#network.shared.has(post_id));
        return missing.length === 0 ? undefined : `${missing.length} posts are not shared`;
      });
      return undefined;
    });
  }

  async #readsNewToken(): Promise<void> {
    await this.#steps.step('a new token is used as soon as the old one is refused', async () => {
      await this.#network.giveToken('second-token');
      const post = shortPost('new-token');
      expectEqual('status', (await this.#desk.post(post)).status, 202);
      await until(async () => unequal('shared', this.#network.shared.has(post.post_id), true));
      return undefined;
    });
  }

  async #setsAside(): Promise<void> {
    const { step } = this.#steps;
    await step('the message that is no post is in the DLQ, alone, and its alarm goes off', async () => {
      const url = this.#system.output('DatabaseDlqUrl');
      await until(async () => unequal('messages in the DLQ', await messagesIn(this.#system.sqs, url), 1));
      await until(async () => unequal('alarm', this.#system.alarmState(deadLetterAlarm), 'ALARM'));
      return undefined;
    });
  }

  async #didNothingTwice(): Promise<void> {
    await this.#steps.step('nothing was done twice, and nothing is left in a queue', async () => {
      for (const queue of queues) {
        const url = this.#system.output(`${queue}QueueUrl`);
        await until(async () => unequal(`messages in ${url}`, await messagesIn(this.#system.sqs, url), 0));
      }
      for (const outcome of ['kept', 'shared', 'addressed']) {
        const posts = this.#system.log
          .filter(({ fields }) => fields.outcome === outcome && fields.post_id !== undefined)
          .map(({ fields }) => fields.post_id);
        expectEqual(`${outcome} twice`, repeated(posts).join(), '');
      }
      const mails = this.#system.outbox.map(({ to, tags }) => `${tags.post_id} to ${to}`);
      expectEqual('mailed twice', repeated(mails).join(), '');
      return `${mails.length} mails, ${this.#network.shared.size} posts shared`;
    });
  }

  #failedAs(name: string): number {
    return this.#system.log.filter(
      ({ fields }) => (fields.error as { readonly name?: unknown } | undefined)?.name === name,
    ).length;
  }
}

function everybody(): string {
  return [...readers, ...unreachable].sort().join(', ');
}

function marked({ log }: RunningSystem): number {
  return log.filter(({ fields }) => fields.outcome === 'marked').length;
}

function count(values: readonly string[], value: string): number {
  return values.filter(each => each === value).length;
}
