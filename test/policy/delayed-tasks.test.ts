import { account, foreignAccount, region } from '../support/policy/account.ts';
import type { Target } from '../support/policy/caller.ts';
import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'delayed-tasks';
const scheduler = 'scheduler.amazonaws.com';

const world = synthesizedWorld('dev');
const group = world.resource(`${stack}/Scheduler/Group`);
const role = world.resource(`${stack}/Scheduler/Role`);
const wakeUps = world.resource(`${stack}/WakeUps/Queue`);
const undelivered = world.resource(`${stack}/Scheduler/Undelivered`);
const queueKey = world.resource(`${stack}/QueueKey`);
const takeTasks = world.role(`${stack}/TakeTasks/Role`);
const runTasks = world.role(`${stack}/RunTasks/Role`);

/** A schedule as the intake makes it, or one like it. */
const scheduleIn = (groupName: string, owner = account): Target => ({
  path: `a schedule in ${groupName}`,
  arn: `arn:aws:scheduler:${region}:${owner}:schedule/${groupName}/remind-12345`,
  account: owner,
});

it('schedules deliver to the queue, and to their DLQ', () => {
  const names = deliveryEdges(world).map(({ name }) => name);
  expect(names.filter(name => name.startsWith(`${group.path} → `))).toEqual([
    `${group.path} → ${wakeUps.path}`,
    `${group.path} → ${undelivered.path}`,
  ]);
});

describe('the role of schedules', () => {
  it('is assumed by Scheduler, for this group of this account alone', async () => {
    expect(await world.service(scheduler, group).may('sts:AssumeRole', role)).toBeAllowed();
    const others = [
      { arn: group.arn?.replace(group.name, 'default'), account },
      { arn: group.arn?.replace(account, foreignAccount), account: foreignAccount },
      { arn: group.arn, account: foreignAccount },
      { arn: scheduleIn(group.name).arn, account },
    ];
    for (const other of others) {
      expect(await world.service(scheduler, other).may('sts:AssumeRole', role)).toBeDenied();
    }
    expect(await world.service(scheduler).may('sts:AssumeRole', role)).toBeDenied();
    for (const caller of [takeTasks, runTasks, world.stranger(), world.outsider(), world.anybody()]) {
      expect(await caller.may('sts:AssumeRole', role)).toBeDenied();
    }
  });

  it('is passed by the intake to Scheduler, and to nothing else; nobody else passes it', async () => {
    const passing = (caller: typeof takeTasks, to: string) =>
      caller.with({ 'iam:PassedToService': to }, `to ${to}`);
    expect(await passing(takeTasks, scheduler).may('iam:PassRole', role)).toBeAllowed();
    expect(await passing(takeTasks, 'lambda.amazonaws.com').may('iam:PassRole', role)).toBeDenied();
    expect(await passing(runTasks, scheduler).may('iam:PassRole', role)).toBeDenied();
    for (const other of world.ofType('AWS::IAM::Role').filter(({ path }) => path !== role.path)) {
      expect(await passing(takeTasks, scheduler).may('iam:PassRole', other)).toBeDenied();
    }
  });
});

describe('schedules', () => {
  it.each(['CreateSchedule', 'UpdateSchedule', 'DeleteSchedule'])(
    'of the group, the intake may %s, and of no other',
    async call => {
      expect(await takeTasks.may(`scheduler:${call}`, scheduleIn(group.name))).toBeAllowed();
      for (const other of [scheduleIn('default'), scheduleIn(group.name, foreignAccount)]) {
        expect(await takeTasks.may(`scheduler:${call}`, other)).toBeDenied();
      }
      expect(await runTasks.may(`scheduler:${call}`, scheduleIn(group.name))).toBeDenied();
    },
  );
});

it('nobody but the intake and the schedules sends wake-ups, and none of them without TLS', async () => {
  const senders = [takeTasks, world.role(role)];
  for (const sender of senders) {
    expect(await sender.may('sqs:SendMessage', wakeUps)).toBeAllowed();
    expect(await sender.overPlainHttp().may('sqs:SendMessage', wakeUps)).toBeForbidden();
    expect(await sender.may('kms:GenerateDataKey', queueKey)).toBeAllowed();
  }
  for (const caller of [
    runTasks,
    world.stranger(),
    world.outsider(),
    world.anybody(),
    world.service(scheduler, group),
  ]) {
    expect(await caller.may('sqs:SendMessage', wakeUps)).toBeDenied();
  }
});

describe('roles may, and nothing else', () => {
  it.each(['dev', 'prod'] as const)('in %s', async stage => {
    const deployed = synthesizedWorld(stage);
    const reach = (path: string) => reachOf(deployed.resource(`${stack}/${path}`), deployed);
    const keyUses = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];
    const tableKey = stage === 'prod' ? { [`${stack}/Tasks/Key`]: keyUses } : {};
    const traces = { '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] };
    const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    const records = { [`${stack}/Tasks/Table`]: ['dynamodb:GetItem', 'dynamodb:PutItem'], ...tableKey };

    expect(await reach('Scheduler/Role')).toEqual({
      [`${stack}/QueueKey`]: ['kms:Decrypt', 'kms:GenerateDataKey'],
      [`${stack}/Scheduler/Undelivered`]: ['sqs:SendMessage'],
      [`${stack}/WakeUps/Queue`]: ['sqs:SendMessage'],
    });
    expect(await reach('TakeTasks/Role')).toEqual({
      ...traces,
      ...records,
      [`${stack}/QueueKey`]: ['kms:Decrypt', 'kms:GenerateDataKey'],
      [`${stack}/Scheduler/Role`]: [`iam:PassRole to ${scheduler}`],
      [`${stack}/TakeTasks/Logs`]: logs,
      [`${stack}/WakeUps/Queue`]: ['sqs:SendMessage'],
      [`schedules made later: ${stack}/Scheduler/Group`]: [
        'scheduler:CreateSchedule',
        'scheduler:DeleteSchedule',
        'scheduler:UpdateSchedule',
      ],
    });
    expect(await reach('RunTasks/Role')).toEqual({
      ...traces,
      ...records,
      [`${stack}/DueTasks/Topic`]: ['sns:Publish'],
      [`${stack}/QueueKey`]: ['kms:Decrypt'],
      [`${stack}/RunTasks/Logs`]: logs,
      [`${stack}/TopicKey`]: ['kms:Decrypt', 'kms:GenerateDataKey'],
      [`${stack}/WakeUps/Queue`]: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
      ],
    });
  });
});
