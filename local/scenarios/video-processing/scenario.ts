import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import sharp from 'sharp';
import { until } from '../condition.ts';
import { expectEqual, repeated, unequal } from '../expectations.ts';
import { keepFile } from '../kept-files.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckOptions, CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { cutOff, largeFrames, rollingBall, rollingBallWebp, type Upload, undecoded } from './films.ts';
import { type PutVideo, VideoDesk } from './video-desk.ts';

const backEnd = 'video-processing-back-end';
const deadLetterAlarm = 'video-processing/StoryboardsMonitoring/DeadLetters';

/** A message is hidden for no longer, so that work of seconds needs heartbeats. */
const visibilitySeconds = 1;

export const scenario: Scenario = {
  environment: {
    'video-processing/BackEnd/Group/ASG': { VISIBILITY_TIMEOUT_SECONDS: String(visibilitySeconds) },
  },

  async demonstrate(system) {
    const desk = new VideoDesk(system);
    for (const upload of await burst(4)) await desk.put(upload);
    await desk.put(await rollingBallWebp('ball.webp'));
    await desk.put(await undecoded('most films.mp4'));
    await desk.put({ name: 'notes.txt', content: Buffer.from('Not a video at all.') });
    const broken = await desk.put(await cutOff('cut off.mov'));
    await until(async () => ((await desk.failure(broken)) ? undefined : 'the broken film is not given up'));
  },

  async check(system, steps, options) {
    await new VideoCheck(system, steps, options).run();
  },
};

/** As many films as one film, under different names. */
async function burst(count: number): Promise<readonly Upload[]> {
  const { content } = await rollingBall('', 200);
  return Array.from({ length: count }, (_, index) => ({ name: `ball + ${index + 1}.mov`, content }));
}

/** What becomes of videos, told in steps that must hold. */
class VideoCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #desk: VideoDesk;
  readonly #volume: number;

  constructor(system: RunningSystem, steps: CheckSteps, { volume }: CheckOptions) {
    this.#system = system;
    this.#steps = steps;
    this.#desk = new VideoDesk(system);
    this.#volume = volume;
  }

  async run(): Promise<void> {
    await this.#worksOffABurst();
    await this.#takesOtherForms();
    await this.#keepsLongWork();
    await this.#survivesADeath();
    await this.#givesUpWhatIsBroken();
    await this.#didNothingTwice();
  }

  async #worksOffABurst(): Promise<void> {
    const { step } = this.#steps;
    let videos: readonly PutVideo[] = [];
    await step(`${this.#volume} videos are put in at once`, async () => {
      videos = await Promise.all((await burst(this.#volume)).map(upload => this.#desk.put(upload)));
      return undefined;
    });
    await step('each is admitted by the front end, and worked on by the back end', async () => {
      const start = performance.now();
      await until(async () => this.#unreported(videos), {
        timeoutInMilliseconds: 30_000 + videos.length * 3_000,
        intervalInMilliseconds: 200,
      });
      return `${((performance.now() - start) / 1_000 / videos.length).toFixed(1)} s a video, with one worker`;
    });
    await step('each has a storyboard that a person can open', async () => {
      for (const video of videos) {
        const png = (await this.#desk.storyboard(video)) ?? new Uint8Array();
        const { format, width, height } = await sharp(png).metadata();
        expectEqual('storyboard', `${format} ${width} × ${height}`, 'png 1320 × 760');
      }
      return keepFile(
        'videos/storyboard.png',
        (await this.#desk.storyboard(videos[0] as PutVideo)) as Uint8Array,
      );
    });
  }

  async #unreported(videos: readonly PutVideo[]): Promise<string | undefined> {
    const done = videos.filter(video => this.#desk.lines(video, 'made').length > 0);
    if (done.length < videos.length) return `${done.length} of ${videos.length} videos are worked on`;
    for (const video of videos) {
      const report = await this.#desk.report(video);
      if (report?.status !== 'processed' || report.storyboard?.at_seconds.length !== 16) {
        return `the report of ${video.key} is ${JSON.stringify(report)}`;
      }
    }
    return undefined;
  }

  async #takesOtherForms(): Promise<void> {
    const { step } = this.#steps;
    await step('a moving picture is worked on as a film is', async () => {
      const video = await this.#desk.put(await rollingBallWebp('ball.webp'));
      const report = await this.#reportOf(video);
      if (report.status !== 'processed') throw new Error(`it was ${report.status}`);
      expectEqual('frames on its storyboard', report.storyboard?.at_seconds.length, report.facts.frames);
      return `${report.facts.frames} frames, ${report.facts.duration_seconds} s`;
    });
    await step(
      'a film in a coding that is not decoded here is reported on, without a storyboard',
      async () => {
        const report = await this.#reportOf(await this.#desk.put(await undecoded('most films.mp4')));
        if (report.status !== 'processed') throw new Error(`it was ${report.status}`);
        expectEqual('storyboard', report.storyboard, null);
        return `${report.facts.codec}, ${report.facts.width} × ${report.facts.height}, ${report.facts.duration_seconds} s`;
      },
    );
    await step('what is no video is refused, and why is reported', async () => {
      const content = Buffer.from('Not a video at all.');
      const report = await this.#reportOf(await this.#desk.put({ name: 'notes.txt', content }));
      if (report.status !== 'refused') throw new Error(`it was ${report.status}`);
      return report.reason;
    });
  }

  async #keepsLongWork(): Promise<void> {
    await this.#steps.step('work that takes longer than its message is hidden for is done once', async () => {
      const video = await this.#desk.put(await largeFrames('large frames.mov'));
      await this.#reportOf(video);
      await until(async () => unequal('made', this.#desk.lines(video, 'made').length, 1));
      const [line] = this.#desk.lines(video, 'made');
      expectEqual('receives', line?.receive_count, 1);
      const seconds = Number(line?.took_ms) / 1_000;
      if (seconds < visibilitySeconds)
        throw new Error(`it took only ${seconds} s: nothing was to be extended`);
      return `${seconds.toFixed(1)} s, hidden for ${visibilitySeconds} s at a time`;
    });
  }

  async #survivesADeath(): Promise<void> {
    const { step } = this.#steps;
    let video: PutVideo | undefined;
    await step('a worker is killed in the middle of a video', async () => {
      const [pid = 0] = this.#system.workersOf(backEnd);
      video = await this.#desk.put(await largeFrames('large frames again.mov'));
      await until(async () => unequal('jobs in hand', await this.#jobsInHand(), 1));
      await this.#system.killWorker(backEnd, pid);
      expectEqual('report', await this.#desk.report(video), undefined);
      return `process ${pid}`;
    });
    await step('its message shows up again, and another worker does it', async () => {
      const survivor = video as PutVideo;
      await this.#reportOf(survivor);
      await until(async () => unequal('made', this.#desk.lines(survivor, 'made').length, 1));
      const [line] = this.#desk.lines(survivor, 'made');
      expectEqual('receives', line?.receive_count, 2);
      return `process ${this.#system.workersOf(backEnd).join(', ')}`;
    });
  }

  async #givesUpWhatIsBroken(): Promise<void> {
    await this.#steps.step(
      'a film that breaks off is in the DLQ, and why is noted; the alarm goes off',
      async () => {
        const video = await this.#desk.put(await cutOff('cut off.mov'));
        const { sqs } = this.#system;
        const dlq = this.#system.output('StoryboardsDlqUrl');
        await until(async () => unequal('messages in the DLQ', await messagesIn(sqs, dlq), 1), {
          timeoutInMilliseconds: 60_000,
        });
        const { reason } = JSON.parse((await this.#desk.failure(video)) ?? '{}') as { reason?: string };
        if (!reason?.includes('cannot be read')) throw new Error(`the reason is ${reason}`);
        await until(async () => unequal('alarm', this.#system.alarmState(deadLetterAlarm), 'ALARM'));
        return reason;
      },
    );
  }

  async #didNothingTwice(): Promise<void> {
    await this.#steps.step('no video was worked on twice, and nothing is left in a queue', async () => {
      for (const output of ['NoticesQueueUrl', 'StoryboardsQueueUrl', 'NoticesDlqUrl']) {
        const url = this.#system.output(output);
        await until(async () => unequal(output, await messagesIn(this.#system.sqs, url), 0));
      }
      const made = this.#system.log.filter(({ fields }) => fields.outcome === 'made');
      const twice = repeated(made.map(({ fields }) => fields.video_id));
      if (twice.length > 0) throw new Error(`worked on twice: ${twice.join(', ')}`);
      return `${made.length} storyboards`;
    });
  }

  async #reportOf(video: PutVideo) {
    await until(async () => ((await this.#desk.report(video)) ? undefined : `no report of ${video.key}`), {
      timeoutInMilliseconds: 60_000,
    });
    const report = await this.#desk.report(video);
    if (!report) throw new Error(`The report of ${video.key} is gone`);
    return report;
  }

  async #jobsInHand(): Promise<number> {
    const { Attributes: attributes } = await this.#system.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.#system.output('StoryboardsQueueUrl'),
        AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Number(attributes?.ApproximateNumberOfMessagesNotVisible);
  }
}
