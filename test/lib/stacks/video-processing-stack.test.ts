import { parseEnvironment } from '../../../contracts/environment.ts';
import { admitVideoJob, makeStoryboardJob } from '../../../contracts/videos.ts';
import { checkedWorkerEnvironment } from '../../../contracts/worker.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { asDeployed, bootVariables, theOnly } from '../../support/stated-values.ts';
import { systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'video-processing';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');

const queueOf = (template: TemplateJson, name: string) =>
  theOnly(template, 'AWS::SQS::Queue', ({ QueueName }) => QueueName === `${system}-${name}`);
const bucketOf = (id: string) =>
  theOnly(dev, 'AWS::S3::Bucket', ({ BucketName }) => JSON.stringify(BucketName ?? '').includes(`-${id}-`));

/** An Auto Scaling group, with what its instances are launched from and told. */
function fleetOf(template: TemplateJson, tier: string) {
  const group = theOnly(
    template,
    'AWS::AutoScaling::AutoScalingGroup',
    ({ AutoScalingGroupName }) => AutoScalingGroupName === `${system}-${tier}`,
  );
  const { LaunchTemplate: single, MixedInstancesPolicy: mixed } = group.resource.Properties as {
    LaunchTemplate?: { LaunchTemplateId: unknown };
    MixedInstancesPolicy?: { LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: unknown } } };
  };
  const reference = single ?? mixed?.LaunchTemplate.LaunchTemplateSpecification;
  const launched = template.Resources[referredId(reference?.LaunchTemplateId) ?? ''];
  if (!launched) throw new Error(`${tier} has no launch template`);
  return { ...group, properties: group.resource.Properties, launched, variables: bootVariables(launched) };
}

describe('the way in', () => {
  const notices = queueOf(dev, 'notices');

  it('is the bucket, which tells a queue of what comes under incoming/', () => {
    const { NotificationConfiguration } = bucketOf('uploads').resource.Properties as {
      NotificationConfiguration: {
        QueueConfigurations: { Event: string; Queue: unknown; Filter: unknown }[];
      };
    };
    const created = NotificationConfiguration.QueueConfigurations.find(({ Event }) =>
      Event.startsWith('s3:ObjectCreated'),
    );
    expect(referredId(created?.Queue)).toBe(notices.id);
    expect(created?.Filter).toEqual({ S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } });
  });

  it('does not lead back: results go to a bucket that tells nobody', () => {
    const results = bucketOf('results');
    expect(results.resource.Properties.NotificationConfiguration).toBeUndefined();
    for (const tier of ['front-end', 'back-end']) {
      expect(fleetOf(dev, tier).variables.OUTPUT_BUCKET).toBe(`<${results.id}>`);
    }
  });
});

describe.each([
  { tier: 'front-end', queue: 'notices', contract: admitVideoJob },
  { tier: 'back-end', queue: 'storyboards', contract: makeStoryboardJob },
])('the $tier tier', ({ tier, queue, contract }) => {
  const fleet = fleetOf(dev, tier);

  it('does its own kind of job, from its own queue', () => {
    expect(fleet.variables).toMatchObject({
      JOB: contract.kind,
      QUEUE_URL: `<${queueOf(dev, queue).id}>`,
      POWERTOOLS_SERVICE_NAME: tier,
      POWERTOOLS_METRICS_NAMESPACE: 'VideoProcessing',
    });
  });

  it.each([
    ['dev', dev, 'DEBUG'],
    ['prod', prod, 'INFO'],
  ])('is told all that worker and job ask for in %s', (_, template, level) => {
    const variables = asDeployed(fleetOf(template, tier).variables);
    expect(parseEnvironment(contract.environment, variables)).toBeDefined();
    expect(parseEnvironment(checkedWorkerEnvironment as never, variables)).toMatchObject({
      PLATFORM: 'ec2',
      LOG_LEVEL: level,
      AUTO_SCALING_GROUP_NAME: `${system}-${tier}`,
      LIFECYCLE_HOOK_NAME: 'drain',
    });
  });

  it('hides a message as long as its queue does, and goes on with a job after the order to stop', () => {
    const { VisibilityTimeout } = queueOf(dev, queue).resource.Properties;
    expect(fleet.variables).toMatchObject({
      VISIBILITY_TIMEOUT_SECONDS: String(VisibilityTimeout),
      SHUTDOWN_SECONDS: fleet.variables.JOB_TIMEOUT_SECONDS,
    });
  });

  it('holds new and leaving instances until their workers say so', () => {
    expect(fleet.properties.LifecycleHookSpecificationList).toMatchObject([
      { LifecycleHookName: 'ready', LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' },
      { LifecycleHookName: 'drain', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' },
    ]);
  });

  it('is woken, and sized, by its own queue', () => {
    const policies = resourcesOfType(dev, 'AWS::AutoScaling::ScalingPolicy').filter(
      ([, { Properties }]) => referredId(Properties.AutoScalingGroupName) === fleet.id,
    );
    expect(policies.map(([, { Properties }]) => Properties.PolicyType).sort()).toEqual([
      'StepScaling',
      'TargetTrackingScaling',
    ]);
    expect(JSON.stringify(policies)).toContain(`["${queueOf(dev, queue).id}","QueueName"]`);
  });
});

describe('sizes', () => {
  const sizeOf = (tier: string) => {
    const { MinSize, MaxSize } = fleetOf(dev, tier).properties;
    return [MinSize, MaxSize];
  };
  const jobsAtATime = (tier: string) => Number(fleetOf(dev, tier).variables.CONCURRENCY);

  it('let the front end always be there, and the back end come from none', () => {
    expect(sizeOf('front-end')).toEqual(['1', '4']);
    expect(sizeOf('back-end')).toEqual(['0', '25']);
  });

  it('let fifty videos be worked on at a time, and twenty be looked at by one instance', () => {
    expect(25 * jobsAtATime('back-end')).toBe(50);
    expect(jobsAtATime('front-end')).toBe(20);
  });

  it('are met by instances on demand for what is usual, and by spot instances above', () => {
    expect(fleetOf(dev, 'back-end').properties.MixedInstancesPolicy).toMatchObject({
      InstancesDistribution: { OnDemandBaseCapacity: 5, OnDemandPercentageAboveBaseCapacity: 0 },
    });
    expect(fleetOf(dev, 'front-end').properties.MixedInstancesPolicy).toBeUndefined();
  });
});

describe('failing', () => {
  it.each(['notices', 'storyboards'])('five times leads from %s to a DLQ', name => {
    expect(queueOf(dev, name).resource.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [queueOf(dev, `${name}-dlq`).id, 'Arn'] },
      maxReceiveCount: 5,
    });
  });

  it('is told to a topic, of both queues and of both tiers', () => {
    const alarms = resourcesOfType(prod, 'AWS::CloudWatch::Alarm').map(([id]) =>
      id.replace(/[0-9A-F]{8}$/, ''),
    );
    for (const queue of ['Notices', 'Storyboards']) {
      expect(alarms).toEqual(
        expect.arrayContaining(['DeadLetters', 'MessageAge', 'Backlog'].map(id => `${queue}Monitoring${id}`)),
      );
    }
    for (const tier of ['FrontEnd', 'BackEnd']) {
      expect(alarms).toEqual(
        expect.arrayContaining(
          ['NoProgress', 'NotComingUp', 'Saturated', 'FailedJobs', 'LostJobs'].map(
            id => `${tier}Monitoring${id}`,
          ),
        ),
      );
    }
  });

  it('to keep up is told only when a burst takes longer than it should', () => {
    const age = theOnly(
      dev,
      'AWS::CloudWatch::Alarm',
      ({ MetricName, Dimensions }) =>
        MetricName === 'ApproximateAgeOfOldestMessage' &&
        JSON.stringify(Dimensions).includes(queueOf(dev, 'storyboards').id),
    );
    expect(age.resource.Properties.Threshold).toBe(40 * 60);
  });
});

it('has outputs for who uploads, who reads and who operates', () => {
  expect(Object.keys(dev.Outputs ?? {}).sort()).toEqual([
    'AlarmTopicArn',
    'DashboardUrl',
    'DeployedStage',
    'NoticesDlqUrl',
    'NoticesQueueUrl',
    'ResultsBucketName',
    'StoryboardsDlqUrl',
    'StoryboardsQueueUrl',
    'UploadsBucketName',
  ]);
});

it('is what it was', () => {
  expect(templatePicture(dev)).toMatchSnapshot();
});

it('differs in prod as it did', () => {
  expect(templateDifferences(dev, prod)).toMatchSnapshot();
});
