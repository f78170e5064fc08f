import { parseEnvironment } from '../../../contracts/environment.ts';
import { orderMemeEnvironment } from '../../../contracts/meme-factory.ts';
import { drawMemeJob } from '../../../contracts/memes.ts';
import { checkedWorkerEnvironment } from '../../../contracts/worker.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { asDeployed, bootVariables, statedText, theOnly } from '../../support/stated-values.ts';
import { systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'meme-factory';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');

const queueOf = (name: string) =>
  theOnly(dev, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${name}`);
const bucketOf = (name: string) =>
  theOnly(dev, 'AWS::S3::Bucket', ({ BucketName }) => JSON.stringify(BucketName ?? '').includes(`-${name}-`));
const results = theOnly(dev, 'AWS::SNS::Topic', ({ DisplayName }) => DisplayName === undefined);
const functionOf = (template: TemplateJson) => theOnly(template, 'AWS::Lambda::Function');
const variablesOf = (template: TemplateJson) => {
  const { Variables } = functionOf(template).resource.Properties.Environment as {
    Variables: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, statedText(value)]));
};
const artistsIn = (template: TemplateJson) =>
  bootVariables(theOnly(template, 'AWS::EC2::LaunchTemplate').resource);

describe('the way of a photo', () => {
  it('leads from incoming/ to the queue of notices', () => {
    const { NotificationConfiguration } = bucketOf('uploads').resource.Properties as {
      NotificationConfiguration: {
        QueueConfigurations: { Event: string; Queue: unknown; Filter: unknown }[];
      };
    };
    const created = NotificationConfiguration.QueueConfigurations.find(({ Event }) =>
      Event.startsWith('s3:ObjectCreated'),
    );
    expect(referredId(created?.Queue)).toBe(queueOf('notices').id);
    expect(created?.Filter).toEqual({ S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } });
  });

  it('from there to the function, and by it to the queue of jobs', () => {
    const mapping = theOnly(dev, 'AWS::Lambda::EventSourceMapping').resource.Properties;
    expect(referredId(mapping.EventSourceArn)).toBe(queueOf('notices').id);
    expect(referredId(mapping.FunctionName)).toBe(functionOf(dev).id);
    expect(variablesOf(dev)).toMatchObject({
      QUEUE_URL: `<${queueOf('jobs').id}>`,
      TOPIC_ARN: `<${results.id}>`,
    });
  });

  it('and to the artists, who write into another bucket and tell of it', () => {
    expect(artistsIn(dev)).toMatchObject({
      JOB: drawMemeJob.kind,
      QUEUE_URL: `<${queueOf('jobs').id}>`,
      OUTPUT_BUCKET: `<${bucketOf('output').id}>`,
      TOPIC_ARN: `<${results.id}>`,
      CONCURRENCY: '2',
      VISIBILITY_TIMEOUT_SECONDS: '90',
    });
    expect(bucketOf('output').resource.Properties.NotificationConfiguration).toBeUndefined();
  });

  it('ends in a DLQ when it fails five times, on either queue', () => {
    for (const name of ['notices', 'jobs']) {
      expect(queueOf(name).resource.Properties.RedrivePolicy).toEqual({
        deadLetterTargetArn: { 'Fn::GetAtt': [queueOf(`${name}-dlq`).id, 'Arn'] },
        maxReceiveCount: 5,
      });
    }
  });
});

it.each([
  ['dev', dev],
  ['prod', prod],
])('tells function and workers all that they ask for, in %s', (_, template) => {
  const workers = asDeployed(artistsIn(template));
  expect(parseEnvironment(drawMemeJob.environment, workers)).toBeDefined();
  expect(parseEnvironment(checkedWorkerEnvironment as never, workers)).toMatchObject({ PLATFORM: 'ec2' });
  expect(parseEnvironment(orderMemeEnvironment, asDeployed(variablesOf(template)))).toBeDefined();
});

it('comes from no instance, and reaches its topic from where there is no internet', () => {
  expect(theOnly(dev, 'AWS::AutoScaling::AutoScalingGroup').resource.Properties).toMatchObject({
    MinSize: '0',
    MaxSize: '10',
  });
  const services = resourcesOfType(dev, 'AWS::EC2::VPCEndpoint').map(([, { Properties }]) =>
    statedText(Properties.ServiceName).split('.').at(-1),
  );
  expect(services).toEqual(expect.arrayContaining(['sns', 'sqs', 's3']));
});

it('has outputs for who uploads, who listens and who operates', () => {
  expect(Object.keys(dev.Outputs ?? {}).sort()).toEqual([
    'AlarmTopicArn',
    'DashboardUrl',
    'DeployedStage',
    'JobsDlqUrl',
    'JobsQueueUrl',
    'NoticesDlqUrl',
    'NoticesQueueUrl',
    'OutputBucketName',
    'ResultsTopicArn',
    'UploadsBucketName',
  ]);
});

it('is what it was', () => {
  expect(templatePicture(dev)).toMatchSnapshot();
});

it('differs in prod as it did', () => {
  expect(templateDifferences(dev, prod)).toMatchSnapshot();
});
