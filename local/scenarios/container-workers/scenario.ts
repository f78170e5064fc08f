import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { objectIdOf } from '../../../contracts/stored-objects.ts';
import { incomingPrefix } from '../../../contracts/uploads.ts';
import { type MakeStoryboard, videoReportKey } from '../../../contracts/videos.ts';
import { until } from '../condition.ts';
import { expectEqual, unequal } from '../expectations.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckOptions, CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { rollingBall } from '../video-processing/films.ts';

export const scenario: Scenario = {
  async demonstrate(system) {
    await new JobDesk(system).order('ball.mov');
  },

  async check(system, { step }: CheckSteps, { volume }: CheckOptions) {
    const desk = new JobDesk(system);
    const jobs: MakeStoryboard[] = [];
    await step(`${volume} videos are put in, and their jobs sent`, async () => {
      for (let number = 1; number <= volume; number++) jobs.push(await desk.order(`ball ${number}.mov`));
      return undefined;
    });
    await step('the program of the container image does each', async () => {
      await until(async () => unequal('made', desk.made(jobs), jobs.length), {
        timeoutInMilliseconds: 30_000 + jobs.length * 3_000,
      });
      for (const job of jobs) expectEqual('report', await desk.hasReport(job), true);
      return undefined;
    });
    await step('a job that comes again is not done again', async () => {
      const [again] = jobs;
      if (again) await desk.send(again);
      await until(async () => unequal('already made', desk.outcomes('already_made'), 1));
      expectEqual('made', desk.outcomes('made'), jobs.length);
      return undefined;
    });
    await step('nothing is left in a queue', async () => {
      for (const output of ['StoryboardsQueueUrl', 'StoryboardsDlqUrl']) {
        await until(async () => unequal(output, await messagesIn(system.sqs, system.output(output)), 0));
      }
      return undefined;
    });
  },
};

/** Puts videos in and orders their storyboards, as a producer does. */
class JobDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  async order(name: string): Promise<MakeStoryboard> {
    const { content } = await rollingBall(name, 120);
    const bucket = this.#system.output('UploadsBucketName');
    const key = `${incomingPrefix}${name}`;
    const { VersionId: version_id } = await this.#system.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }),
    );
    const video = { bucket, key, ...(version_id && { version_id }) };
    const job: MakeStoryboard = {
      video_id: objectIdOf(video),
      video,
      size: content.length,
      format: 'mp4',
      correlation_id: name,
    };
    await this.send(job);
    return job;
  }

  async send(job: MakeStoryboard): Promise<void> {
    const QueueUrl = this.#system.output('StoryboardsQueueUrl');
    await this.#system.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(job) }));
  }

  made(jobs: readonly MakeStoryboard[]): number {
    const ids = new Set(jobs.map(({ video_id }) => video_id));
    return this.#system.log.filter(
      ({ fields }) => fields.outcome === 'made' && ids.has(String(fields.video_id)),
    ).length;
  }

  outcomes(outcome: string): number {
    return this.#system.log.filter(({ fields }) => fields.outcome === outcome).length;
  }

  async hasReport({ video_id }: MakeStoryboard): Promise<boolean> {
    const Bucket = this.#system.output('ResultsBucketName');
    const { Body } = await this.#system.s3.send(
      new GetObjectCommand({ Bucket, Key: videoReportKey(video_id) }),
    );
    return Body !== undefined;
  }
}
