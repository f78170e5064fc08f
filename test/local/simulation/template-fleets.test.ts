import { rmSync } from 'node:fs';
import { readAssembly } from '../../../local/assembly/cloud-assembly.ts';
import { readFleets } from '../../../local/simulation/template-fleets.ts';
import { synthesizeFleets } from './fleets.ts';
import { fleetOf, queueStack, stackOf } from './queue-stack.ts';

describe('fleets of synthesized templates', () => {
  const directory = synthesizeFleets();
  const stacks = readAssembly(directory);
  afterAll(() => rmSync(directory, { recursive: true }));

  it('are read with all that scales them: a WorkerFleet', () => {
    const [fleet, ...others] = readFleets(stacks, 'instances');

    expect(others).toEqual([]);
    expect(fleet).toMatchObject({
      name: 'instances-back-end',
      platform: 'ec2',
      minWorkers: 0,
      maxWorkers: 50,
      initialWorkers: 0,
      queue: { name: 'instances-jobs', visibilityTimeout: 120, maxReceiveCount: 5 },
      launchHook: { timeout: 600, defaultResult: 'ABANDON' },
      drain: { grace: 1_200, releases: true, sparesBusy: false },
      worker: { concurrency: 1, jobTimeout: 1_200 },
    });
    const [wakeUp, backlog] = fleet?.policies ?? [];
    expect(wakeUp).toMatchObject({
      kind: 'step',
      adjustmentType: 'ChangeInCapacity',
      warmUp: 120,
      alarm: { threshold: 1, evaluationPeriods: 1, treatMissingData: 'notBreaching' },
    });
    expect(wakeUp?.kind === 'step' && wakeUp.steps.at(-1)).toEqual({
      lower: 200,
      upper: Number.POSITIVE_INFINITY,
      adjustment: 50,
    });
    expect(backlog).toMatchObject({ kind: 'target', target: 10, scalesIn: true, warmUp: 120 });
  });

  it('are read with all that scales them: a WorkerService', () => {
    const [service] = readFleets(stacks, 'tasks');

    expect(service).toMatchObject({
      name: 'tasks/BackEnd/Service',
      platform: 'ecs',
      maxWorkers: 50,
      initialWorkers: 0,
      queue: { name: 'tasks-jobs', visibilityTimeout: 120, maxReceiveCount: 5 },
      launchHook: undefined,
      drain: { grace: 110, releases: true, sparesBusy: true },
      worker: { concurrency: 1, jobTimeout: 1_200 },
    });
    expect(service?.policies).toMatchObject([
      { kind: 'step', outCooldown: 120, inCooldown: 120 },
      { kind: 'target', target: 10, outCooldown: 120, inCooldown: 120 },
    ]);
  });

  it('are missed where there are none, and where there is no such stack', () => {
    expect(() => readFleets(stacks, 'unscaled')).toThrow(
      'The system "unscaled" has no fleet that is scaled on a queue',
    );
    expect(() => readFleets(stacks, 'videos')).toThrow(
      'There is no system "videos". This app has: instances',
    );
  });
});

describe('fleets of templates made by hand', () => {
  it('have the defaults of AWS where the template says nothing', () => {
    const { policies, launchHook, drain, worker, initialWorkers, queue } = fleetOf(
      queueStack({
        group: {
          DefaultInstanceWarmup: undefined,
          LifecycleHookSpecificationList: undefined,
          LaunchTemplate: undefined,
          DesiredCapacity: '3',
        },
      }),
    );

    expect(policies.map(({ warmUp }) => warmUp)).toEqual([300, 300]);
    expect(launchHook).toBeUndefined();
    expect(drain).toEqual({ grace: 0, releases: false, sparesBusy: false });
    expect(worker).toEqual({ concurrency: 1, jobTimeout: Number.POSITIVE_INFINITY });
    expect(initialWorkers).toBe(3);
    expect(queue.name).toBe('Jobs');
  });

  it('drain only by a hook that the worker knows of', () => {
    expect(fleetOf(queueStack()).drain).toEqual({ grace: 1_200, releases: true, sparesBusy: false });
    expect(fleetOf(queueStack({ drains: false })).drain.grace).toBe(0);
  });

  it('take their hooks from resources of their own too', () => {
    const { template } = queueStack({ group: { LifecycleHookSpecificationList: undefined } });
    const hook = {
      Type: 'AWS::AutoScaling::LifecycleHook',
      Properties: {
        AutoScalingGroupName: { Ref: 'Group' },
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        HeartbeatTimeout: 240,
        DefaultResult: 'CONTINUE',
      },
    };

    const fleet = fleetOf(stackOf({ ...template.Resources, Hook: hook }));

    expect(fleet.launchHook).toEqual({ timeout: 240, defaultResult: 'CONTINUE' });
  });

  it('are refused when they are scaled on what is not simulated', () => {
    const { template } = queueStack();
    const withTarget = (TargetTrackingConfiguration: unknown) =>
      stackOf({
        ...template.Resources,
        Backlog: {
          Type: 'AWS::AutoScaling::ScalingPolicy',
          Properties: {
            AutoScalingGroupName: { Ref: 'Group' },
            PolicyType: 'TargetTrackingScaling',
            TargetTrackingConfiguration,
          },
        },
      });

    expect(() =>
      fleetOf(
        withTarget({
          TargetValue: 50,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
        }),
      ),
    ).toThrow('videos/Backlog tracks ASGAverageCPUUtilization. The simulation plays');
    expect(() =>
      fleetOf(
        withTarget({
          TargetValue: 50,
          CustomizedMetricSpecification: { Namespace: 'Own', MetricName: 'Pressure', Statistic: 'Average' },
        }),
      ),
    ).toThrow('videos/Backlog is scaled on Own Pressure. The simulation has: AWS/SQS');
  });

  it('are refused when they are scaled on a queue of another stack', () => {
    const resources = JSON.stringify(queueStack().template.Resources);
    const renamed = resources.replaceAll('{"Fn::GetAtt":["Jobs","QueueName"]}', '"elsewhere"');

    expect(() => fleetOf(stackOf(JSON.parse(renamed)))).toThrow(
      'Group is scaled on the queue elsewhere, which is not in its stack.',
    );
  });

  it('are refused when they are scaled on several queues', () => {
    const resources = JSON.stringify(queueStack().template.Resources);
    const renamed = resources.replace('{"Fn::GetAtt":["Jobs","QueueName"]}', '"elsewhere"');

    expect(() => fleetOf(stackOf(JSON.parse(renamed)))).toThrow(
      'Group is scaled on 2 queues (elsewhere, Jobs). The simulation plays one.',
    );
  });
});
