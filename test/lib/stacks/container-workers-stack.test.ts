import { parseEnvironment } from '../../../contracts/environment.ts';
import { makeStoryboardJob } from '../../../contracts/videos.ts';
import { checkedWorkerEnvironment } from '../../../contracts/worker.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { asDeployed, bootVariables, containerVariables, theOnly } from '../../support/stated-values.ts';
import { systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'container-workers';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');

const taskIn = (template: TemplateJson) => theOnly(template, 'AWS::ECS::TaskDefinition');
const storyboards = theOnly(dev, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-storyboards`);

describe('the service', () => {
  it('does the jobs of the queue, and writes to the other bucket', () => {
    const results = theOnly(dev, 'AWS::S3::Bucket', ({ BucketName }) =>
      JSON.stringify(BucketName ?? '').includes('-results-'),
    );
    expect(containerVariables(taskIn(dev).resource)).toMatchObject({
      JOB: makeStoryboardJob.kind,
      QUEUE_URL: `<${storyboards.id}>`,
      OUTPUT_BUCKET: `<${results.id}>`,
      PLATFORM: 'ecs',
    });
  });

  it('keeps the contract of the back end of video-processing', () => {
    const template = resourcesOfType(
      systemTemplate('video-processing', 'dev'),
      'AWS::EC2::LaunchTemplate',
    ).find(([, resource]) => bootVariables(resource).JOB === makeStoryboardJob.kind)?.[1];
    if (!template) throw new Error('video-processing has no such tier');
    const { JOB, JOB_TIMEOUT_SECONDS, VISIBILITY_TIMEOUT_SECONDS } = bootVariables(template);
    expect(containerVariables(taskIn(dev).resource)).toMatchObject({
      JOB,
      JOB_TIMEOUT_SECONDS,
      VISIBILITY_TIMEOUT_SECONDS,
    });
  });

  it.each([
    ['dev', dev],
    ['prod', prod],
  ])('is told all that worker and job ask for in %s', (_, template) => {
    const variables = {
      ...asDeployed(containerVariables(taskIn(template).resource)),
      // ECS gives it to every task.
      ECS_AGENT_URI: 'http://169.254.170.2/api',
    };
    expect(parseEnvironment(makeStoryboardJob.environment, variables)).toBeDefined();
    expect(parseEnvironment(checkedWorkerEnvironment as never, variables)).toMatchObject({ PLATFORM: 'ecs' });
  });

  it('runs on a processor and memory that decoding a large frame fits into', () => {
    expect(taskIn(dev).resource.Properties).toMatchObject({
      Cpu: '1024',
      Memory: '2048',
      RuntimePlatform: { CpuArchitecture: 'ARM64' },
    });
  });

  it('comes from none and grows to fifty, with its queue', () => {
    const target = theOnly(dev, 'AWS::ApplicationAutoScaling::ScalableTarget');
    expect(target.resource.Properties).toMatchObject({ MinCapacity: 0, MaxCapacity: 50 });
    const policies = resourcesOfType(dev, 'AWS::ApplicationAutoScaling::ScalingPolicy').map(
      ([, { Properties }]) => Properties,
    );
    expect(policies.map(({ PolicyType }) => PolicyType).sort()).toEqual([
      'StepScaling',
      'TargetTrackingScaling',
    ]);
    expect(JSON.stringify(policies)).toContain(`["${storyboards.id}","QueueName"]`);
  });
});

it('leaves what fails five times in a DLQ', () => {
  const dlq = theOnly(dev, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-storyboards-dlq`);
  const { deadLetterTargetArn, maxReceiveCount } = storyboards.resource.Properties.RedrivePolicy as {
    deadLetterTargetArn: unknown;
    maxReceiveCount: number;
  };
  expect(referredId(deadLetterTargetArn)).toBe(dlq.id);
  expect(maxReceiveCount).toBe(5);
});

it('is what it was', () => {
  expect(templatePicture(dev)).toMatchSnapshot();
});

it('differs in prod as it did', () => {
  expect(templateDifferences(dev, prod)).toMatchSnapshot();
});
