import { Aws } from 'aws-cdk-lib';
import { bootScript } from '../../../lib/constructs/fleet/boot-script.ts';
import type { LocalCloud } from '../../../local/cloud.ts';
import { until } from '../../worker/support/until.ts';
import { notesOn, ProvisionedStacks, refTo } from './provisioned-stacks.ts';

const stacks = new ProvisionedStacks();
afterAll(() => stacks.stop());

/** A bundle in the place of the worker's: tells what it was given, in the form of the worker's lines. */
const program = `
  const { JOB, QUEUE_URL, PLATFORM, AWS_ENDPOINT_URL, GREETING } = process.env;
  console.log(JSON.stringify({ outcome: 'told', JOB, QUEUE_URL, PLATFORM, AWS_ENDPOINT_URL, GREETING, flags: process.execArgv }));
  console.log(JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: [{ Namespace: 'Test', Dimensions: [['service']], Metrics: [{ Name: 'JobsDone' }] }] }, service: 'artist', JobsDone: 3 }));
  process.on('SIGTERM', () => process.exit(0));
  setInterval(() => {}, 1000);`;

const bundle = { 'main.mjs': program };

/** A boot script as the fleet's construct writes it, with a reference where the deployment fills one in. */
function userData(): object {
  const script = bootScript({
    groupName: 'shop-artist',
    readyHook: 'ready',
    code: { bucketName: 'assets', objectKey: 'worker.zip' },
    environment: { JOB: 'draw', QUEUE_URL: '<queue>', PLATFORM: 'ec2', LIFECYCLE_HOOK_NAME: 'drain' },
    logGroupName: 'log',
    healthPort: 8080,
    stopTimeoutSeconds: 60,
  }).replaceAll(Aws.REGION, 'eu-west-1');
  const [before = '', after = ''] = script.split('<queue>');
  return { 'Fn::Base64': { 'Fn::Join': ['', [before, refTo('Jobs'), after]] } };
}

const jobs = { Type: 'AWS::SQS::Queue' };

const template = {
  Type: 'AWS::EC2::LaunchTemplate',
  Properties: {
    LaunchTemplateData: {
      // Only AWS has it: nobody may ask for it here.
      ImageId: '{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64}}',
      UserData: userData(),
    },
  },
};

const reference = {
  LaunchTemplateId: refTo('Template'),
  Version: { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] },
};

/** What the worker told of itself. */
function told(cloud: LocalCloud) {
  const lines: Readonly<Record<string, unknown>>[] = [];
  cloud.events.on('log', ({ functionName, json }) => {
    if (json?.outcome === 'told') lines.push({ functionName, ...json });
  });
  return lines;
}

describe.each([
  ['a launch template', { LaunchTemplate: reference }],
  [
    'a mix of instances',
    { MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: reference, Overrides: [] } } },
  ],
])('an Auto Scaling group of %s', (_, launched) => {
  it('runs its bundle as child processes, with the variables of its boot script', async () => {
    const { cloud } = await stacks.ofResources(
      {
        Jobs: jobs,
        Template: template,
        Artist: {
          Type: 'AWS::AutoScaling::AutoScalingGroup',
          Properties: { AutoScalingGroupName: 'shop-artist', MinSize: '0', MaxSize: '9', ...launched },
        },
      },
      { assets: { 'worker.zip': bundle } },
      { workers: 2, environmentOverrides: { 'shop/Artist': { GREETING: 'hello' } } },
    );
    const lines = told(cloud);
    await until('both told', () => lines.length === 2);
    expect(lines[0]).toMatchObject({
      functionName: 'shop-artist',
      JOB: 'draw',
      QUEUE_URL: `${cloud.endpoint}/000000000000/shop-Jobs`,
      PLATFORM: 'local',
      AWS_ENDPOINT_URL: cloud.endpoint,
      GREETING: 'hello',
      flags: expect.arrayContaining(['--no-addons']),
    });
    const [fleet] = cloud.fleets;
    expect(fleet?.pids).toHaveLength(2);
    expect(cloud.notRun).toEqual([]);
    await cloud.stop();
    expect(fleet?.pids).toEqual([]);
  });
});

describe('an ECS service', () => {
  const service = {
    Jobs: jobs,
    Cluster: { Type: 'AWS::ECS::Cluster' },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        ContainerDefinitions: [
          {
            Name: 'Worker',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
            Image: { 'Fn::Sub': '${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/images:worker' },
            Environment: [
              { Name: 'JOB', Value: 'draw' },
              { Name: 'QUEUE_URL', Value: refTo('Jobs') },
              { Name: 'PLATFORM', Value: 'ecs' },
            ],
          },
        ],
      },
    },
    Workers: {
      Type: 'AWS::ECS::Service',
      Properties: { Cluster: refTo('Cluster'), TaskDefinition: refTo('Task') },
    },
  };

  it('runs what its image is built from, as the image would', async () => {
    const { cloud } = await stacks.ofResources(service, {
      images: { worker: { ...bundle, Dockerfile: 'FROM node\nCMD ["node", "--no-addons", "main.mjs"]\n' } },
    });
    const lines = told(cloud);
    await until('it told', () => lines.length === 1);
    expect(lines[0]).toMatchObject({
      JOB: 'draw',
      QUEUE_URL: `${cloud.endpoint}/000000000000/shop-Jobs`,
      PLATFORM: 'local',
      flags: expect.arrayContaining(['--no-addons']),
    });
  });

  it('whose image is none of ours does not run, and that is said', async () => {
    const { cloud } = await stacks.ofResources(service, {
      images: { worker: { Dockerfile: 'FROM nginx\nCMD ["nginx"]\n' } },
    });
    expect(cloud.fleets).toEqual([]);
    expect(notesOn(cloud, 'Workers')).toEqual(['does not run here: it starts no worker of this repository']);
  });
});

it('counts workers as AWS does, so that alarms of fleets can be judged', async () => {
  const { cloud } = await stacks.ofResources(
    {
      Jobs: jobs,
      Template: template,
      Artist: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        Properties: { AutoScalingGroupName: 'shop-artist', LaunchTemplate: reference },
      },
      Missing: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Namespace: 'AWS/AutoScaling',
          MetricName: 'GroupInServiceInstances',
          Dimensions: [{ Name: 'AutoScalingGroupName', Value: refTo('Artist') }],
          Statistic: 'Minimum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'LessThanThreshold',
          TreatMissingData: 'breaching',
        },
      },
    },
    { assets: { 'worker.zip': bundle } },
  );
  await until('the alarm is judged by a count', () => cloud.alarms()[0]?.state === 'OK', 15_000);
}, 20_000);

it('reads the metrics that workers write', async () => {
  const { cloud } = await stacks.ofResources(
    {
      Jobs: jobs,
      Template: template,
      Artist: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { LaunchTemplate: reference } },
    },
    { assets: { 'worker.zip': bundle } },
  );
  const metrics: object[] = [];
  cloud.events.on('metric', metric => metrics.push(metric));
  await until('the metric is there', () => metrics.length > 0);
  expect(metrics[0]).toMatchObject({ namespace: 'Test', name: 'JobsDone', value: 3 });
});

it('says of a group that it has no worker', async () => {
  const { cloud } = await stacks.ofResources({
    Template: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: { LaunchTemplateData: { UserData: Buffer.from('#!/bin/bash\nreboot').toString('base64') } },
    },
    Servers: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: { LaunchTemplate: reference } },
  });
  expect(notesOn(cloud, 'Servers')).toEqual(['does not run here: it starts no worker of this repository']);
});
