import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import {
  FleetMonitoring,
  type FleetMonitoringProps,
} from '../../../../lib/constructs/monitoring/fleet-monitoring.ts';
import { PropsError } from '../../../../lib/constructs/validation.ts';
import { WorkerFleet } from '../../../../lib/constructs/worker-fleet.ts';
import { WorkerService } from '../../../../lib/constructs/worker-service.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';
import { toldBy } from '../../../support/told-alarms.ts';
import { tierProps } from '../../../support/worker-tier.ts';

type Options = Partial<FleetMonitoringProps> & { readonly jobTimeout?: Duration };

function monitorFleet({ jobTimeout, ...props }: Options = {}) {
  const stack = testStack();
  const tier = new WorkerFleet(stack, 'BackEnd', {
    ...tierProps(stack, WorkerFleet.services),
    maxInstances: 7,
    ...(jobTimeout && { jobTimeout }),
  });
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  const { alarms } = new FleetMonitoring(stack, 'Monitoring', { tier, alarmTopic, ...props });
  return { stack, tier, alarms, alarmTopic, alarm: (id: string) => propertiesOf(alarms, id) };
}

function propertiesOf(alarms: readonly Alarm[], id: string) {
  const alarm = alarms.find(({ node }) => node.id === id);
  if (!alarm) throw new Error(`There is no alarm ${id}`);
  return resourceOf(alarm).Properties;
}

/** The expression of an alarm, and how each metric in it is read. */
function mathOf(properties: Readonly<Record<string, unknown>>) {
  const metrics = properties.Metrics as {
    Id: string;
    Expression?: string;
    MetricStat?: { Metric: { MetricName: string }; Stat: string; Period: number };
  }[];
  return {
    expression: metrics.find(({ Expression }) => Expression)?.Expression,
    metrics: Object.fromEntries(
      metrics.flatMap(({ Id, MetricStat }) =>
        MetricStat
          ? [[Id, `${MetricStat.Stat} of ${MetricStat.Metric.MetricName} in ${MetricStat.Period} s`]]
          : [],
      ),
    ),
  };
}

describe('FleetMonitoring', () => {
  it('raises an alarm when messages wait, workers run, and nothing is finished', () => {
    const { alarm } = monitorFleet();
    expect(mathOf(alarm('NoProgress'))).toEqual({
      expression: 'IF(age > 0 AND FILL(workers, 0) > 0 AND FILL(finished, 0) == 0, 1, 0)',
      metrics: {
        age: 'Maximum of ApproximateAgeOfOldestMessage in 300 s',
        workers: 'Minimum of GroupInServiceInstances in 300 s',
        finished: 'Sum of NumberOfMessagesDeleted in 300 s',
      },
    });
    expect(alarm('NoProgress')).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('gives the longest job ten minutes more than it may take, by default', () => {
    expect(monitorFleet().alarm('NoProgress')).toMatchObject({
      EvaluationPeriods: 5,
      AlarmDescription: expect.stringContaining('in 25 minutes'),
    });
    expect(monitorFleet({ jobTimeout: Duration.minutes(7) }).alarm('NoProgress').EvaluationPeriods).toBe(4);
    expect(monitorFleet({ noProgressAfter: Duration.hours(1) }).alarm('NoProgress').EvaluationPeriods).toBe(
      12,
    );
  });

  it('stays within a day of metrics for the longest job that there can be', () => {
    const { EvaluationPeriods } = monitorFleet({ jobTimeout: Duration.hours(11) }).alarm('NoProgress');
    expect(Number(EvaluationPeriods) * 300).toBeLessThanOrEqual(Duration.days(1).toSeconds());
  });

  it('raises an alarm when workers do not come up for half an hour', () => {
    const { alarm } = monitorFleet();
    expect(mathOf(alarm('NotComingUp'))).toEqual({
      expression: 'FILL(desired, 0) - FILL(workers, 0)',
      metrics: {
        desired: 'Minimum of GroupDesiredCapacity in 300 s',
        workers: 'Maximum of GroupInServiceInstances in 300 s',
      },
    });
    expect(alarm('NotComingUp')).toMatchObject({ EvaluationPeriods: 6, Threshold: 1 });
  });

  it('raises an alarm when all that there may be work for an hour, and messages still wait', () => {
    const { alarm } = monitorFleet();
    expect(mathOf(alarm('Saturated'))).toEqual({
      expression: 'IF(FILL(desired, 0) >= 7, waiting, 0)',
      metrics: {
        desired: 'Minimum of GroupDesiredCapacity in 300 s',
        waiting: 'Minimum of ApproximateNumberOfMessagesVisible in 300 s',
      },
    });
    expect(alarm('Saturated')).toMatchObject({ EvaluationPeriods: 12, Threshold: 1 });
  });

  it.each([
    ['FailedJobs', 'JobsFailed'],
    ['LostJobs', 'JobsLost'],
  ])('raises the alarm %s at the first of %s', (id, metric) => {
    expect(monitorFleet().alarm(id)).toMatchObject({
      Namespace: 'VideoProcessing',
      MetricName: metric,
      Dimensions: [{ Name: 'service', Value: 'back-end' }],
      Statistic: 'Sum',
      Threshold: 1,
    });
  });

  it('watches tasks as it does instances', () => {
    const stack = testStack();
    const tier = new WorkerService(stack, 'BackEnd', tierProps(stack, WorkerService.services));
    const { alarms } = new FleetMonitoring(stack, 'Monitoring', {
      tier,
      alarmTopic: new AlarmTopic(stack, 'Alarms'),
    });
    expect(mathOf(propertiesOf(alarms, 'NotComingUp')).metrics).toEqual({
      desired: 'Minimum of DesiredTaskCount in 300 s',
      workers: 'Maximum of RunningTaskCount in 300 s',
    });
  });

  it('tells the topic of the first of all that is wrong with the queue and its workers', () => {
    const { stack, alarms, alarmTopic } = monitorFleet();
    expect(toldBy(stack, alarmTopic, alarms)).toEqual(
      Object.fromEntries(
        ['NoProgress', 'NotComingUp', 'Saturated', 'FailedJobs', 'LostJobs'].map(id => [
          id,
          'JobsIncidentUnhealthy',
        ]),
      ),
    );
  });

  it('fails when one long job would look like no progress', () => {
    const short = { jobTimeout: Duration.hours(1), noProgressAfter: Duration.minutes(59) };
    expect(() => monitorFleet(short)).toThrow(PropsError);
    expect(() => monitorFleet(short)).toThrow(
      "noProgressAfter is 3540 s; allowed: the tier's jobTimeout, 3600 s, or more. A single long job",
    );
  });

  it('fails when it would look further back than CloudWatch does', () => {
    expect(() => monitorFleet({ noProgressAfter: Duration.hours(25) })).toThrow(
      'noProgressAfter is 90000 s; allowed: 86400 s or less',
    );
    expect(monitorFleet({ noProgressAfter: Duration.days(1) }).alarm('NoProgress').EvaluationPeriods).toBe(
      288,
    );
  });
});
