import {
  type AlarmAction,
  AlarmMonitor,
  type AlarmMonitorOptions,
  type AlarmStateChanged,
  type MetricSourceFault,
} from '../../../local/alarms/alarm-monitor.ts';
import type { AlarmSpec } from '../../../local/alarms/alarm-spec.ts';
import { queueMetrics } from '../../../local/alarms/service-metrics.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:alarms';
const EPOCH = Date.UTC(2026, 2, 26, 9, 42);

const deadLetters: AlarmSpec = {
  alarmName: 'payment-dead-letters',
  description: 'Orders that payment gave up on',
  metric: {
    namespace: 'AWS/SQS',
    name: 'ApproximateNumberOfMessagesVisible',
    dimensions: { QueueName: 'payment-dlq' },
    periodSeconds: 60,
    statistic: 'Maximum',
  },
  comparisonOperator: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  evaluationPeriods: 1,
  treatMissingData: 'notBreaching',
  alarmActions: [TOPIC],
  okActions: [TOPIC],
};

const monitors: AlarmMonitor[] = [];

afterEach(async () => {
  await Promise.all(monitors.splice(0).map(monitor => monitor.stop()));
});

/** A monitor on a clock that the test moves; a minute passes in a second. */
function monitorWith(options: Partial<AlarmMonitorOptions> = {}) {
  const clock = { now: EPOCH };
  const published: { topicArn: string; message: Record<string, unknown>; subject: string }[] = [];
  const monitor = new AlarmMonitor({
    now: () => clock.now,
    publish: async (topicArn, message, subject) => {
      published.push({ topicArn, message: JSON.parse(message) as Record<string, unknown>, subject });
    },
    ...options,
  });
  monitors.push(monitor);
  const seen = {
    changes: [] as AlarmStateChanged[],
    actions: [] as AlarmAction[],
    faults: [] as MetricSourceFault[],
  };
  monitor.events.on('change', change => seen.changes.push(change));
  monitor.events.on('action', action => seen.actions.push(action));
  monitor.events.on('fault', fault => seen.faults.push(fault));
  const depth = (visible: number) => {
    for (const sample of queueMetrics(
      { queueName: 'payment-dlq', visible, notVisible: 0, delayed: 0, ageOfOldestMessageSeconds: 0 },
      clock.now,
    )) {
      monitor.record(sample);
    }
  };
  /** Lets a compressed minute pass, and what is under way arrive. */
  const passMinute = async () => {
    clock.now += 1_000;
    await monitor.evaluate();
  };
  return { monitor, clock, published, seen, depth, passMinute };
}

describe('AlarmMonitor', () => {
  it('goes from insufficient data over OK to ALARM and back, and notifies the topic', async () => {
    const { monitor, published, seen, depth, passMinute, clock } = monitorWith();
    monitor.add(deadLetters);
    clock.now += 500;

    for (const visible of [0, 0, 1, 1, 0]) {
      depth(visible);
      await passMinute();
    }

    expect(seen.changes.map(({ oldState, newState }) => `${oldState} -> ${newState}`)).toEqual([
      'INSUFFICIENT_DATA -> OK',
      'OK -> ALARM',
      'ALARM -> OK',
    ]);
    expect(published.map(({ subject }) => subject)).toEqual([
      'OK: "payment-dead-letters" in US East (N. Virginia)',
      'ALARM: "payment-dead-letters" in US East (N. Virginia)',
      'OK: "payment-dead-letters" in US East (N. Virginia)',
    ]);
    expect(published[1]).toEqual({
      topicArn: TOPIC,
      subject: 'ALARM: "payment-dead-letters" in US East (N. Virginia)',
      message: {
        AlarmName: 'payment-dead-letters',
        AlarmDescription: 'Orders that payment gave up on',
        AWSAccountId: '000000000000',
        NewStateValue: 'ALARM',
        NewStateReason:
          'Threshold Crossed: 1 datapoint [1.0 (26/03/26 09:42:02)] was greater than or equal to the threshold (1.0).',
        StateChangeTime: '2026-03-26T09:42:03.500+0000',
        Region: 'US East (N. Virginia)',
        AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:payment-dead-letters',
        OldStateValue: 'OK',
        OKActions: [TOPIC],
        AlarmActions: [TOPIC],
        InsufficientDataActions: [],
        Trigger: {
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Namespace: 'AWS/SQS',
          StatisticType: 'Statistic',
          Statistic: 'MAXIMUM',
          Unit: null,
          Dimensions: [{ value: 'payment-dlq', name: 'QueueName' }],
          Period: 60,
          EvaluationPeriods: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          Threshold: 1,
          TreatMissingData: 'notBreaching',
          EvaluateLowSampleCountPercentile: '',
        },
      },
    });
    expect(monitor.states).toEqual(new Map([['payment-dead-letters', 'OK']]));
  });

  it('evaluates a period once, when it has ended and its last samples have had time to arrive', async () => {
    const { monitor, seen, depth, clock } = monitorWith();
    monitor.add(deadLetters);
    depth(1);

    clock.now = EPOCH + 1_100;
    await monitor.evaluate();
    const tooEarly = seen.changes.length;
    clock.now = EPOCH + 1_200;
    await monitor.evaluate();
    await monitor.evaluate();

    expect(tooEarly).toBe(0);
    expect(seen.changes.map(({ newState }) => newState)).toEqual(['ALARM']);
  });

  it('evaluates periods of declared length when not compressed', async () => {
    const { monitor, seen, depth, clock } = monitorWith({ compression: 1 });
    monitor.add(deadLetters);
    depth(1);

    clock.now += 59_000;
    await monitor.evaluate();
    const within = seen.changes.length;
    clock.now += 2_000;
    await monitor.evaluate();

    expect([within, seen.changes.length]).toEqual([0, 1]);
  });

  it('evaluates metric math', async () => {
    const { monitor, seen, published, depth, passMinute, clock } = monitorWith();
    const { metric, ...rest } = deadLetters;
    const entry = (id: string, name: string) => ({
      id,
      returnData: false,
      metric: { ...metric, namespace: 'AWS/SQS', name, periodSeconds: 60, statistic: 'Maximum' },
    });
    monitor.add({
      ...rest,
      metrics: [
        entry('visible', 'ApproximateNumberOfMessagesVisible'),
        entry('inflight', 'ApproximateNumberOfMessagesNotVisible'),
        { id: 'backlog', expression: 'FILL(visible, 0) + inflight', label: 'Backlog', returnData: false },
        { id: 'many', expression: 'backlog >= 3' },
      ],
    });
    clock.now += 500;
    depth(3);
    await passMinute();

    expect(seen.changes.map(({ newState }) => newState)).toEqual(['ALARM']);
    expect(published[0]?.message.Trigger).toMatchObject({
      Metrics: [
        { Id: 'visible', MetricStat: { Period: 60, Stat: 'Maximum' }, ReturnData: false },
        { Id: 'inflight' },
        { Id: 'backlog', Expression: 'FILL(visible, 0) + inflight', Label: 'Backlog', ReturnData: false },
        { Id: 'many', Expression: 'backlog >= 3', ReturnData: true },
      ],
    });
  });

  it.each<[string, Partial<AlarmSpec>, string]>([
    [
      'an anomaly band',
      { comparisonOperator: 'GreaterThanUpperThreshold' },
      'operator GreaterThanUpperThreshold',
    ],
    [
      'an unknown statistic',
      { metric: { namespace: 'a', name: 'b', periodSeconds: 60, statistic: 'tm90' } },
      'statistic tm90',
    ],
    [
      'low sample counts ignored',
      { evaluateLowSampleCountPercentile: 'ignore' },
      'EvaluateLowSampleCountPercentile',
    ],
    ['more data points than periods', { datapointsToAlarm: 2 }, '2 data points to alarm out of 1'],
  ])('notes that it does not evaluate %s, and why', (_case, overrides, reason) => {
    const { monitor } = monitorWith();

    monitor.add({ ...deadLetters, ...overrides });

    expect(monitor.notEvaluated).toEqual([
      { alarmName: 'payment-dead-letters', reason: expect.stringContaining(reason) },
    ]);
    expect(monitor.states.size).toBe(0);
  });

  it.each([
    [
      'a function that is not evaluated',
      [{ id: 'e', expression: 'RATE(m1)' }],
      'RATE is not evaluated locally',
    ],
    ['an expression of itself', [{ id: 'e', expression: 'e + m1' }], 'e refers to itself'],
    [
      'two results',
      [
        { id: 'e', expression: 'm1' },
        { id: 'f', expression: 'm1' },
      ],
      '2 entries of Metrics that return data',
    ],
    [
      'different periods',
      [
        {
          id: 'm2',
          returnData: false,
          metric: { namespace: 'a', name: 'b', periodSeconds: 300, statistic: 'Sum' },
        },
        { id: 'e', expression: 'm1 + m2' },
      ],
      'metrics of different periods',
    ],
  ])('notes metric math with %s when it is added', (_case, further, reason) => {
    const { monitor } = monitorWith();
    const { metric: _metric, ...rest } = deadLetters;
    const m1 = {
      id: 'm1',
      returnData: false,
      metric: { namespace: 'a', name: 'b', periodSeconds: 60, statistic: 'Sum' },
    };

    monitor.add({ ...rest, metrics: [m1, ...further] });

    expect(monitor.notEvaluated).toEqual([
      { alarmName: 'payment-dead-letters', reason: expect.stringContaining(reason) },
    ]);
  });

  it('carries out no action when actions are disabled', async () => {
    const { monitor, published, seen, depth, passMinute, clock } = monitorWith();
    monitor.add({ ...deadLetters, actionsEnabled: false });
    clock.now += 500;
    depth(1);
    await passMinute();

    expect(seen.changes).toHaveLength(1);
    expect([published, seen.actions]).toEqual([[], []]);
  });

  it('tells of actions that it cannot carry out, and carries out the others', async () => {
    const scaling = 'arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:1:policy';
    const missing = `${TOPIC}-missing`;
    const { monitor, seen, depth, passMinute, clock } = monitorWith({
      publish: topicArn =>
        topicArn === missing ? Promise.reject(new Error('no such topic')) : Promise.resolve(),
    });
    monitor.add({ ...deadLetters, alarmActions: [scaling, missing, TOPIC] });
    clock.now += 500;
    depth(1);
    await passMinute();

    const action = { alarmName: 'payment-dead-letters', state: 'ALARM' };
    expect(seen.actions).toEqual([
      { ...action, actionArn: scaling, fault: expect.stringContaining('only notifications to SNS') },
      { ...action, actionArn: missing, fault: 'Error: no such topic' },
      { ...action, actionArn: TOPIC },
    ]);
  });

  it('goes on with the other sources when one cannot be read', async () => {
    const { monitor, seen, passMinute, clock } = monitorWith({
      sources: [
        () => Promise.reject(new Error('emulator down')),
        () =>
          queueMetrics(
            { queueName: 'payment-dlq', visible: 1, notVisible: 0, delayed: 0, ageOfOldestMessageSeconds: 0 },
            EPOCH + 500,
          ),
      ],
    });
    monitor.add(deadLetters);
    clock.now += 500;
    await monitor.readSources();
    await passMinute();

    expect(seen.faults).toEqual([{ error: new Error('emulator down') }]);
    expect(seen.changes.map(({ newState }) => newState)).toEqual(['ALARM']);
  });

  it('evaluates by itself once started, until stopped', async () => {
    const running = () => {
      let reads = 0;
      const monitor = new AlarmMonitor({
        compression: 600,
        publish: async () => {},
        sources: [
          () => {
            reads += 1;
            return queueMetrics(
              {
                queueName: 'payment-dlq',
                visible: 1,
                notVisible: 0,
                delayed: 0,
                ageOfOldestMessageSeconds: 0,
              },
              Date.now(),
            );
          },
        ],
      });
      monitors.push(monitor);
      monitor.add(deadLetters);
      const inAlarm = new Promise<AlarmStateChanged>(resolve => {
        monitor.events.on('change', change => {
          if (change.newState === 'ALARM') resolve(change);
        });
      });
      monitor.start();
      return { monitor, inAlarm, reads: () => reads };
    };
    const first = running();

    const change = await first.inAlarm;
    await first.monitor.stop();
    const readsWhenStopped = first.reads();
    // While another monitor goes as far, the one that is stopped does nothing.
    await running().inAlarm;

    expect(change.spec).toBe(deadLetters);
    expect(first.reads()).toBe(readsWhenStopped);
  });

  it('fails when made with a compression that is not above 0', () => {
    expect(() => monitorWith({ compression: 0 })).toThrow('compression is 0; allowed: a number above 0');
  });

  it('tells a topic once of several alarms, by a composite that names the one which went off', async () => {
    const { monitor, published, seen, depth, passMinute } = monitorWith();
    const { alarmActions, okActions, ...silent } = deadLetters;
    monitor.add(silent);
    monitor.addComposite({
      alarmName: 'payment-unhealthy',
      description: 'Something is wrong with payments',
      rule: 'ALARM("arn:aws:cloudwatch:us-east-1:000000000000:alarm:payment-dead-letters") OR ALARM("other")',
      alarmActions: [TOPIC],
      okActions: [TOPIC],
    });

    for (const visible of [0, 1, 1, 0]) {
      depth(visible);
      await passMinute();
    }
    // The value of the last minute is judged when it is over.
    await passMinute();

    expect(published.map(({ subject }) => subject.split(' in ')[0])).toEqual([
      'OK: "payment-unhealthy"',
      'ALARM: "payment-unhealthy"',
      'OK: "payment-unhealthy"',
    ]);
    expect(published[1]?.message).toMatchObject({
      AlarmName: 'payment-unhealthy',
      AlarmDescription: 'Something is wrong with payments',
      NewStateValue: 'ALARM',
      AlarmRule: expect.stringContaining('OR ALARM("other")'),
      TriggeringChildren: [
        {
          Arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:payment-dead-letters',
          State: { Value: 'ALARM' },
        },
      ],
    });
    expect(published[1]?.message).not.toHaveProperty('Trigger');
    expect(monitor.states.get('payment-unhealthy')).toBe('OK');
    expect(seen.changes.map(({ spec }) => spec.alarmName)).toContain('payment-unhealthy');
  });

  it('judges composites of composites, in whatever order they were added, and suppresses in shortened time', async () => {
    const { monitor, published, depth, passMinute } = monitorWith();
    const { alarmActions, okActions, ...silent } = deadLetters;
    monitor.addComposite({
      alarmName: 'remains',
      rule: 'ALARM(unhealthy)',
      alarmActions: [TOPIC],
      suppressor: { alarm: 'held', waitSeconds: 120, extensionSeconds: 60 },
    });
    monitor.addComposite({ alarmName: 'unhealthy', rule: 'ALARM(payment-dead-letters)' });
    monitor.add(silent);
    depth(1);
    await passMinute();
    depth(1);
    await passMinute();

    expect(monitor.states.get('remains')).toBe('ALARM');
    expect(published).toEqual([]);
    await passMinute();
    await passMinute();
    expect(published.map(({ message }) => message.AlarmName)).toEqual(['remains']);
  });

  it('notes a composite whose rule cannot be read', () => {
    const { monitor } = monitorWith();
    monitor.addComposite({ alarmName: 'unreadable', rule: 'ALARM(' });
    expect(monitor.notEvaluated).toEqual([
      { alarmName: 'unreadable', reason: expect.stringContaining('"ALARM("') },
    ]);
  });
});
