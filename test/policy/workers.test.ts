import { Stack } from 'aws-cdk-lib';
import { WorkerFleet } from '../../lib/constructs/worker-fleet.ts';
import { WorkerService } from '../../lib/constructs/worker-service.ts';
import { foreignAccount } from '../support/policy/account.ts';
import { PolicyWorld } from '../support/policy/policy-world.ts';
import { reachOf } from '../support/policy/reach.ts';
import { pathsOf } from '../support/policy/synthesized-world.ts';
import { templateOf } from '../support/stack-template.ts';
import { testApp } from '../support/synthesized-app.ts';
import { tierProps } from '../support/worker-tier.ts';
import '../support/policy/matchers.ts';

/** A stack with workers of either kind around one queue, as it would be deployed. */
function deployedWorkers() {
  const stack = new Stack(testApp(), 'workers');
  const props = tierProps(stack, [...new Set([...WorkerFleet.services, ...WorkerService.services])]);
  new WorkerFleet(stack, 'Fleet', props);
  new WorkerService(stack, 'Service', props);
  const { Resources, Parameters } = templateOf(stack);
  return new PolicyWorld([
    { name: 'workers', template: { Resources, ...(Parameters && { Parameters }) }, paths: pathsOf(stack) },
  ]);
}

const world = deployedWorkers();
const queue = world.resource('workers/Jobs/Queue');
const consume = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ReceiveMessage',
];
const writeLog = ['logs:CreateLogStream', 'logs:PutLogEvents'];

describe('roles of workers may, through the endpoints of their network', () => {
  it('on instances: take jobs, fetch the program, write the log, speak for their group, be visited', async () => {
    expect(await reachOf(world.resource('workers/Fleet/Role'), world)).toEqual({
      '*': [
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      'a file asset': ['s3:GetObject'],
      'workers/Fleet/Group/ASG': [
        'autoscaling:CompleteLifecycleAction',
        'autoscaling:RecordLifecycleActionHeartbeat',
        'autoscaling:SetInstanceHealth',
      ],
      'workers/Fleet/Logs': writeLog,
      'workers/Jobs/Queue': consume,
      'workers/Key': ['kms:Decrypt'],
    });
  });

  it('in containers: take jobs, protect their own tasks', async () => {
    expect(await reachOf(world.resource('workers/Service/Role'), world)).toEqual({
      'workers/Jobs/Queue': consume,
      'workers/Key': ['kms:Decrypt'],
      'workers/Service/Cluster': ['ecs:GetTaskProtection', 'ecs:UpdateTaskProtection'],
    });
  });

  it('before containers: fetch the image, write the log', async () => {
    expect(await reachOf(world.resource('workers/Service/ExecutionRole'), world)).toEqual({
      '*': ['ecr:GetAuthorizationToken'],
      'the image assets': [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
      ],
      'workers/Service/Logs': writeLog,
    });
  });
});

describe('workers', () => {
  const fleet = world.role('workers/Fleet/Role');

  it('are not the producers of their own queue, nor its owners', async () => {
    for (const call of ['SendMessage', 'PurgeQueue', 'SetQueueAttributes', 'DeleteQueue']) {
      expect(await fleet.may(`sqs:${call}`, queue)).toBeDenied();
      expect(await world.role('workers/Service/Role').may(`sqs:${call}`, queue)).toBeDenied();
    }
  });

  it('speak for no group but their own', async () => {
    const group = world.resource('workers/Fleet/Group/ASG');
    const another = { ...group, path: 'another group', arn: `${group.arn}-too` };
    expect(await fleet.may('autoscaling:SetInstanceHealth', group)).toBeAllowed();
    expect(await fleet.may('autoscaling:SetInstanceHealth', another)).toBeDenied();
  });

  it('read no other asset, and carry nothing out', async () => {
    const other = 'arn:aws:s3:::cdk-hnb659fds-assets-111122223333-eu-west-1/other.zip';
    const object = (arn: string, account: string) => ({ path: 'another object', arn, account });
    expect(await fleet.may('s3:GetObject', object(other, '111122223333'))).toBeDenied();
    expect(
      await fleet.may('s3:PutObject', object('arn:aws:s3:::somebody-elses/object', foreignAccount)),
    ).toBeDenied();
  });
});
