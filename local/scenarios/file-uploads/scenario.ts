import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { until } from '../condition.ts';
import { expectEqual, repeated, unequal } from '../expectations.ts';
import { messagesIn, redrive } from '../queue-state.ts';
import type { CheckOptions, CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { file, files, largeFile, type UploadedFile } from './upload-files.ts';
import { sha256Of, UploadWay } from './upload-way.ts';

const overwritten = file('overwritten letter.txt', 'first draft');
const rewritten = file('overwritten letter.txt', 'final version');
const deleted = file('deleted + restored.txt', 'not for long');
const damaged = file('damaged.txt', 'hellO');
const mended = file('damaged.txt', 'hello');

export const scenario: Scenario = {
  async demonstrate(system) {
    for (const way of waysOf(system)) {
      for (const each of files(4)) await way.put(each);
      await way.put(overwritten);
      await way.put(rewritten);
      await way.put(deleted);
      await way.delete(deleted.key);
    }
    await waysOf(system)[0]?.put(damaged, { statedSha256: sha256Of(mended.content) });
  },

  async check(system, steps, options) {
    await new UploadCheck(system, steps, options).run();
  },
};

function waysOf(system: RunningSystem): UploadWay[] {
  return [new UploadWay(system, 'Direct'), new UploadWay(system, 'FannedOut')];
}

/** What happens to files in both buckets, told in steps that must hold. */
class UploadCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #ways: readonly UploadWay[];
  readonly #files: readonly UploadedFile[];

  constructor(system: RunningSystem, steps: CheckSteps, { volume }: CheckOptions) {
    this.#system = system;
    this.#steps = steps;
    this.#ways = waysOf(system);
    this.#files = files(Math.max(volume, 8));
  }

  async run(): Promise<void> {
    await this.#acknowledgesTest();
    await this.#describesUploads();
    await this.#readsLargeFile();
    await this.#followsDeletions();
    await this.#keepsOrder();
    await this.#recordsWhatIsGone();
    await this.#setsDamagedAside();
    await this.#mendsDamaged();
    await this.#didNothingTwice();
  }

  async #acknowledgesTest(): Promise<void> {
    await this.#steps.step(
      'the test event of S3 is acknowledged, straight and through the topic',
      async () => {
        for (const way of this.#ways) {
          // One message, which a slow machine may be handed twice.
          await until(async () =>
            unequal('test events', new Set(way.lines('test_event').map(line => line.message_id)).size, 1),
          );
          await until(async () => this.#left(way.queueUrl));
          expectEqual('messages in the DLQ', await messagesIn(this.#system.sqs, way.deadLetterQueueUrl), 0);
        }
        return undefined;
      },
    );
  }

  async #describesUploads(): Promise<void> {
    const { step } = this.#steps;
    const count = this.#files.length;
    await step(`${count} files are put into each bucket`, async () => {
      for (const way of this.#ways) await Promise.all(this.#files.map(each => way.put(each)));
      return this.#files
        .map(({ key }) => key.slice('incoming/'.length))
        .slice(1, 5)
        .join(' · ');
    });
    await step('each is recorded, and its result written, under its own name', async () => {
      for (const way of this.#ways) {
        await until(async () => unequal('described', way.lines('described').length, count), {
          timeoutInMilliseconds: 30_000 + count * 20,
        });
        for (const each of this.#files) await this.#expectDescribed(way, each);
      }
      return undefined;
    });
  }

  async #readsLargeFile(): Promise<void> {
    const large = largeFile('large film.bin', 11 * 1_024 * 1_024 + 1);
    await this.#steps.step('a file uploaded in parts is read piece by piece', async () => {
      for (const way of this.#ways) {
        await way.putInParts(large);
        await this.#untilStatus(way, large.key, 'described');
        await this.#expectDescribed(way, large);
      }
      return `${(large.content.length / 1_024 / 1_024).toFixed(1)} MiB`;
    });
  }

  async #followsDeletions(): Promise<void> {
    const { step } = this.#steps;
    const markers = new Map<UploadWay, string>();
    await step('a deleted file is recorded as deleted', async () => {
      for (const way of this.#ways) {
        await way.put(deleted);
        await this.#untilStatus(way, deleted.key, 'described');
        markers.set(way, await way.delete(deleted.key));
        await this.#untilStatus(way, deleted.key, 'deleted');
      }
      return undefined;
    });
    await step('and is back when its delete marker is deleted', async () => {
      for (const way of this.#ways) {
        await way.delete(deleted.key, markers.get(way));
        await this.#untilStatus(way, deleted.key, 'described');
        await this.#expectDescribed(way, deleted);
      }
      return undefined;
    });
  }

  async #keepsOrder(): Promise<void> {
    const { key } = overwritten;
    await this.#steps.step(
      'a file that is overwritten stays what it is when old news come late, or twice',
      async () => {
        for (const way of this.#ways) {
          const first = { key, versionId: await way.put(overwritten), sequencer: '' };
          await this.#untilStatus(way, key, 'described');
          first.sequencer = (await way.record(key))?.sequencer ?? '';
          const second = { key, versionId: await way.put(rewritten), sequencer: '' };
          await until(async () => unequal('version', (await way.record(key))?.version_id, second.versionId));
          second.sequencer = (await way.record(key))?.sequencer ?? '';

          await way.tell(first);
          await way.tell(second);
          await until(async () => unequal('outdated', this.#count(way, 'outdated', key), 1));
          await until(async () => unequal('already known', this.#count(way, 'already_known', key), 1));
          await this.#expectDescribed(way, rewritten);
        }
        return undefined;
      },
    );
  }

  async #recordsWhatIsGone(): Promise<void> {
    const key = 'incoming/gone before it was read.txt';
    await this.#steps.step('a file that is gone before it is read is recorded as such', async () => {
      for (const way of this.#ways) {
        await way.tell({ key, versionId: 'never-there', sequencer: '00AB' });
        await this.#untilStatus(way, key, 'gone');
      }
      return undefined;
    });
  }

  async #setsDamagedAside(): Promise<void> {
    const { step } = this.#steps;
    const { sqs } = this.#system;
    await step('a file whose content came to harm on its way is alone in the DLQ of each', async () => {
      for (const way of this.#ways) await way.put(damaged, { statedSha256: sha256Of(mended.content) });
      for (const way of this.#ways) {
        const url = way.deadLetterQueueUrl;
        await until(async () => unequal('messages in the DLQ', await messagesIn(sqs, url), 1));
        const { Messages: [message] = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 0 }),
        );
        if (!message?.Body?.includes(damaged.key)) throw new Error(`in the DLQ is ${message?.Body}`);
        expectEqual('record', await way.record(damaged.key), undefined);
      }
      return undefined;
    });
    await step('the alarms of the DLQs go off', async () => this.#untilAlarms('ALARM'));
  }

  async #mendsDamaged(): Promise<void> {
    const { step } = this.#steps;
    await step(
      'uploaded again it is described, and the old message redriven finds nothing to do',
      async () => {
        for (const way of this.#ways) {
          await way.put(mended, { statedSha256: sha256Of(mended.content) });
          await this.#untilStatus(way, mended.key, 'described');
          expectEqual('redriven', await redrive(this.#system.sqs, way.deadLetterQueueUrl), 1);
          await until(async () => unequal('outdated', this.#count(way, 'outdated', mended.key), 1));
          await this.#expectDescribed(way, mended);
        }
        return undefined;
      },
    );
    await step('the alarms are over', async () => this.#untilAlarms('OK'));
  }

  async #didNothingTwice(): Promise<void> {
    await this.#steps.step('no version was described twice, and nothing is left in a queue', async () => {
      for (const way of this.#ways) {
        for (const url of [way.queueUrl, way.deadLetterQueueUrl]) await until(async () => this.#left(url));
        const described = way.lines('described').map(line => `${line.object_key} ${line.version_id}`);
        const twice = repeated(described);
        if (twice.length > 0) throw new Error(`described twice: ${twice.join(', ')}`);
        expectEqual('results', (await way.resultKeys()).length, described.length);
      }
      return `${this.#ways.map(way => way.lines('described').length).join(' + ')} results`;
    });
  }

  /** The record and the result are of this file, and of the version that the key leads to. */
  async #expectDescribed(way: UploadWay, { key, content, detectedType }: UploadedFile): Promise<void> {
    const record = await way.record(key);
    expectEqual(`status of ${key}`, record?.status, 'described');
    expectEqual(`SHA-256 of ${key}`, record?.sha256, sha256Of(content));
    const result = await way.result(record?.result_key ?? '');
    expectEqual(`bucket of ${key}`, result.bucket, way.bucket);
    expectEqual('key in the result', result.key, key);
    expectEqual(`version of ${key}`, result.version_id, record?.version_id);
    expectEqual(`size of ${key}`, result.size, content.length);
    expectEqual(`SHA-256 in the result of ${key}`, result.sha256, sha256Of(content));
    expectEqual(`type of ${key}`, result.detected_type, detectedType);
  }

  async #untilStatus(way: UploadWay, key: string, status: string): Promise<void> {
    await until(async () => unequal(`status of ${key}`, (await way.record(key))?.status, status));
  }

  async #untilAlarms(state: string): Promise<undefined> {
    for (const { name } of this.#ways) {
      const alarm = `file-uploads/${name}UploadsMonitoring/DeadLetters`;
      await until(async () => unequal(alarm, this.#system.alarmState(alarm), state));
    }
  }

  #count(way: UploadWay, outcome: string, key: string): number {
    return way.lines(outcome).filter(line => line.object_key === key).length;
  }

  async #left(queueUrl: string): Promise<string | undefined> {
    return unequal(`messages in ${queueUrl}`, await messagesIn(this.#system.sqs, queueUrl), 0);
  }
}
