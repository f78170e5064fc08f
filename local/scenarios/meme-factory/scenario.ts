import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import sharp from 'sharp';
import type { MemeEvent } from '../../../contracts/memes.ts';
import { until } from '../condition.ts';
import { expectEqual, repeated, unequal } from '../expectations.ts';
import { keepFile } from '../kept-files.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckOptions, CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { MemeDesk, type MemeInbox } from './meme-desk.ts';
import { brokenOff, cat, largePhoto } from './photos.ts';

const artists = 'meme-factory-artists';
const deadLetterAlarm = 'meme-factory/JobsMonitoring/DeadLetters';

const texts = { top: 'One does not simply', bottom: 'delete a message before the job is done' };

export const scenario: Scenario = {
  async demonstrate(system) {
    const desk = new MemeDesk(system);
    const photo = await cat();
    const id = await desk.put({ name: 'cat.jpg', photo, ...texts, owner: 'jane' });
    await desk.put({ name: 'no text.jpg', photo, owner: 'jane' });
    await desk.put({ name: 'broken.jpg', photo: await brokenOff(), ...texts, owner: 'bob' });
    await until(async () => ((await desk.meme(id)) ? undefined : 'the meme is not drawn'));
    keepFile('memes/cat.png', (await desk.meme(id)) ?? new Uint8Array());
  },

  async check(system, steps, options) {
    await new MemeCheck(system, steps, options).run();
  },
};

/** From upload to picture, told in steps that must hold. */
class MemeCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #desk: MemeDesk;
  readonly #volume: number;
  #inbox: MemeInbox | undefined;

  constructor(system: RunningSystem, steps: CheckSteps, { volume }: CheckOptions) {
    this.#system = system;
    this.#steps = steps;
    this.#desk = new MemeDesk(system);
    this.#volume = volume;
  }

  async run(): Promise<void> {
    await this.#drawsMemes();
    await this.#refusesWithoutText();
    await this.#survivesADeath();
    await this.#givesUpWhatIsBroken();
    await this.#didNothingTwice();
  }

  async #drawsMemes(): Promise<void> {
    const { step } = this.#steps;
    const ids: string[] = [];
    await step(`${this.#volume} photos are uploaded with texts; Jane wants to hear of hers`, async () => {
      this.#inbox = await this.#desk.subscribe('jane');
      const photo = await cat();
      for (let number = 1; number <= this.#volume; number++) {
        const owner = number === 1 ? 'jane' : 'bob';
        ids.push(await this.#desk.put({ name: `cat + ${number}.jpg`, photo, ...texts, owner }));
      }
      return undefined;
    });
    const [janes = ''] = ids;
    await step('each becomes a picture of its own', async () => {
      await until(
        async () =>
          unequal('drawn', ids.filter(id => this.#desk.lines(id, 'drawn').length > 0).length, ids.length),
        { timeoutInMilliseconds: 30_000 + ids.length * 2_000 },
      );
      for (const id of ids) {
        const { format, width, height } = await sharp(
          (await this.#desk.meme(id)) ?? new Uint8Array(),
        ).metadata();
        expectEqual('meme', `${format} ${width} × ${height}`, 'png 1200 × 900');
      }
      return undefined;
    });
    await step('a person can open it', async () =>
      keepFile('memes/cat.png', (await this.#desk.meme(janes)) ?? new Uint8Array()),
    );
    await step('Jane is told of hers, and of nobody else’s', async () => {
      const event = await this.#told(janes);
      expectEqual('event', event.event_type, 'meme_drawn');
      const others = (await this.#events()).filter(({ owner }) => owner !== 'jane');
      expectEqual('events of others', others.length, 0);
      return undefined;
    });
    await step('texts are drawn that no header can carry as they are', async () => {
      const photo = await cat();
      const id = await this.#desk.put({
        name: 'café.jpg',
        photo,
        top: 'Łódź, Việt Nam',
        bottom: 'déjà vu',
        owner: 'bob',
      });
      await until(async () => unequal('drawn', this.#desk.lines(id, 'drawn').length, 1));
      return keepFile('memes/letters.png', (await this.#desk.meme(id)) ?? new Uint8Array());
    });
  }

  async #refusesWithoutText(): Promise<void> {
    await this.#steps.step('a photo without texts is not drawn, and its owner is told why', async () => {
      const id = await this.#desk.put({ name: 'no text.jpg', photo: await cat(), owner: 'jane' });
      const event = await this.#told(id);
      if (event.event_type !== 'meme_failed') throw new Error(`the event is ${event.event_type}`);
      expectEqual('meme', await this.#desk.meme(id), undefined);
      return event.reason;
    });
  }

  async #survivesADeath(): Promise<void> {
    const { step } = this.#steps;
    let id = '';
    await step('a worker is killed in the middle of a picture', async () => {
      const [pid = 0] = this.#system.workersOf(artists);
      id = await this.#desk.put({ name: 'large.png', photo: await largePhoto(), ...texts, owner: 'jane' });
      await until(async () => unequal('jobs in hand', await this.#jobsInHand(), 1));
      await this.#system.killWorker(artists, pid);
      expectEqual('meme', await this.#desk.meme(id), undefined);
      return `process ${pid}`;
    });
    await step('its message shows up again, and another worker draws it, once', async () => {
      await until(async () => unequal('drawn', this.#desk.lines(id, 'drawn').length, 1), {
        timeoutInMilliseconds: 60_000,
      });
      const [line] = this.#desk.lines(id, 'drawn');
      expectEqual('receives', line?.receive_count, 2);
      expectEqual('event', (await this.#told(id)).event_type, 'meme_drawn');
      return `process ${this.#system.workersOf(artists).join(', ')}`;
    });
  }

  async #givesUpWhatIsBroken(): Promise<void> {
    const { step } = this.#steps;
    let id = '';
    await step('the owner of a broken photo is told at once', async () => {
      id = await this.#desk.put({ name: 'broken.jpg', photo: await brokenOff(), ...texts, owner: 'jane' });
      const event = await this.#told(id);
      if (event.event_type !== 'meme_failed') throw new Error(`the event is ${event.event_type}`);
      return event.reason;
    });
    await step('its job alone is in the DLQ, and the alarm goes off; the owner was told once', async () => {
      const dlq = this.#system.output('JobsDlqUrl');
      await until(async () => unequal('messages in the DLQ', await messagesIn(this.#system.sqs, dlq), 1), {
        timeoutInMilliseconds: 60_000,
      });
      await until(async () => unequal('alarm', this.#system.alarmState(deadLetterAlarm), 'ALARM'));
      const told = (await this.#events()).filter(({ meme_id }) => meme_id === id);
      expectEqual('events', told.length, 1);
      return undefined;
    });
  }

  async #didNothingTwice(): Promise<void> {
    await this.#steps.step('no meme was drawn twice, and nothing is left in a queue', async () => {
      for (const output of ['NoticesQueueUrl', 'JobsQueueUrl', 'NoticesDlqUrl']) {
        const url = this.#system.output(output);
        await until(async () => unequal(output, await messagesIn(this.#system.sqs, url), 0));
      }
      const drawn = this.#system.log.filter(({ fields }) => fields.outcome === 'drawn');
      const twice = repeated(drawn.map(({ fields }) => fields.meme_id));
      if (twice.length > 0) throw new Error(`drawn twice: ${twice.join(', ')}`);
      return `${drawn.length} memes`;
    });
  }

  async #events(): Promise<readonly MemeEvent[]> {
    return (await this.#inbox?.events()) ?? [];
  }

  async #told(id: string): Promise<MemeEvent> {
    let found: MemeEvent | undefined;
    await until(async () => {
      found = (await this.#events()).find(({ meme_id }) => meme_id === id);
      return found ? undefined : `nobody was told of meme ${id}`;
    });
    if (!found) throw new Error(`nobody was told of meme ${id}`);
    return found;
  }

  async #jobsInHand(): Promise<number> {
    const { Attributes: attributes } = await this.#system.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.#system.output('JobsQueueUrl'),
        AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Number(attributes?.ApproximateNumberOfMessagesNotVisible);
  }
}
