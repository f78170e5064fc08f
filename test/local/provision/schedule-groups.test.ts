import { GetScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { attributeOf, ProvisionedStacks, refTo } from './provisioned-stacks.ts';

const stacks = new ProvisionedStacks();

afterAll(() => stacks.stop());

it.each([
  ['the name that its template gives it', { Name: 'tasks' }, 'tasks'],
  ['one of stack and logical id', {}, 'shop-Tasks'],
])('AWS::Scheduler::ScheduleGroup is made under %s', async (_, Properties, name) => {
  const { cloud } = await stacks.of([
    {
      name: 'shop',
      template: {
        Resources: { Tasks: { Type: 'AWS::Scheduler::ScheduleGroup', Properties } },
        Outputs: { Name: { Value: refTo('Tasks') }, Arn: { Value: attributeOf('Tasks') } },
      },
    },
  ]);
  const scheduler = new SchedulerClient({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

  const group = await scheduler.send(new GetScheduleGroupCommand({ Name: name }));
  scheduler.destroy();
  expect(cloud.stacks[0]?.outputs).toEqual({ Name: name, Arn: group.Arn });
});
