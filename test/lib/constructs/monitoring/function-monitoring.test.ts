import { Duration } from 'aws-cdk-lib';
import * as v from 'valibot';
import { failedRecordsMetrics, serviceDimension } from '../../../../contracts/metrics.ts';
import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { DurableQueue } from '../../../../lib/constructs/durable-queue.ts';
import {
  ConsumerMonitoring,
  FunctionMonitoring,
} from '../../../../lib/constructs/monitoring/function-monitoring.ts';
import {
  type MonitoringContext,
  setMonitoringContext,
} from '../../../../lib/constructs/monitoring/monitoring-context.ts';
import { QueueConsumer } from '../../../../lib/constructs/queue-consumer.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';
import { toldBy } from '../../../support/told-alarms.ts';

function makeConsumer(context: MonitoringContext = {}) {
  const stack = testStack();
  setMonitoringContext(stack, context);
  const consumer = new QueueConsumer(stack, 'PaymentConsumer', {
    queue: new DurableQueue(stack, 'Payment', { visibilityTimeout: Duration.seconds(90) }),
    description: 'Charges orders',
    entry: 'lambda/order-processing/payment.ts',
    environmentSchema: v.object({}),
    environment: {},
    serviceName: 'payment',
    metricsNamespace: 'OrderProcessing',
    maxConcurrency: 5,
  });
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  return { stack, consumer, alarmTopic, props: { function: consumer, alarmTopic } };
}

const ofFunction = (name: unknown) => [{ Name: 'FunctionName', Value: name }];

describe('FunctionMonitoring', () => {
  it('raises an alarm when the function crashes, is refused to run, or takes nearly as long as it may', () => {
    const { stack, consumer, props } = makeConsumer();
    const { alarms } = new FunctionMonitoring(stack, 'Monitoring', props);
    const Dimensions = ofFunction(stack.resolve(consumer.function.functionName));
    expect(alarms.map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      { Namespace: 'AWS/Lambda', MetricName: 'Errors', Statistic: 'Sum', Threshold: 1, Dimensions },
      { Namespace: 'AWS/Lambda', MetricName: 'Throttles', Statistic: 'Sum', Threshold: 1, Dimensions },
      // 80 percent of the 15 seconds that the function may take, in milliseconds.
      {
        MetricName: 'Duration',
        ExtendedStatistic: 'p99',
        Threshold: 12_000,
        EvaluationPeriods: 3,
        Dimensions,
      },
    ]);
  });
});

describe('ConsumerMonitoring', () => {
  it('raises an alarm at once when records fail for good, or as nobody foresaw', () => {
    const { stack, props } = makeConsumer();
    const { alarms } = new ConsumerMonitoring(stack, 'Monitoring', props);
    const counted = {
      Namespace: 'OrderProcessing',
      Dimensions: [{ Name: serviceDimension, Value: 'payment' }],
      Statistic: 'Sum',
      Period: 300,
      Threshold: 1,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    };
    expect(alarms.slice(3, 5).map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      { MetricName: failedRecordsMetrics.permanent, ...counted },
      { MetricName: failedRecordsMetrics.unexpected, ...counted },
    ]);
  });

  it('raises an alarm of failures that may pass only when they go on, in three of seven minutes', () => {
    const { stack, props } = makeConsumer();
    const { alarms } = new ConsumerMonitoring(stack, 'Monitoring', props);
    expect(alarms.slice(5, 6).map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      {
        MetricName: failedRecordsMetrics.passing,
        Period: 60,
        Threshold: 1,
        EvaluationPeriods: 7,
        DatapointsToAlarm: 3,
        TreatMissingData: 'notBreaching',
      },
    ]);
  });

  it('raises an alarm when the queue may cause no more invocations, and messages wait', () => {
    const { stack, props } = makeConsumer();
    const { alarms } = new ConsumerMonitoring(stack, 'Monitoring', props);
    expect(alarms.slice(6).map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      {
        Threshold: 1,
        EvaluationPeriods: 3,
        Metrics: expect.arrayContaining([
          expect.objectContaining({ Expression: 'IF(FILL(running, 0) >= 5, waiting, 0)' }),
        ]),
      },
    ]);
  });

  it('watches the metrics that the function is told to emit', () => {
    const { stack, consumer, props } = makeConsumer();
    const { alarms } = new ConsumerMonitoring(stack, 'Monitoring', props);
    const { Variables } = resourceOf(consumer.function).Properties.Environment as {
      Variables: Record<string, string>;
    };
    const emitted = {
      Namespace: Variables.POWERTOOLS_METRICS_NAMESPACE,
      Dimensions: [{ Name: 'service', Value: Variables.POWERTOOLS_SERVICE_NAME }],
    };
    expect(alarms.slice(3, 6).map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      emitted,
      emitted,
      emitted,
    ]);
  });

  it('tells the alarm topic of the first of all that is wrong with the queue', () => {
    const { stack, alarmTopic, props } = makeConsumer();
    const { alarms } = new ConsumerMonitoring(stack, 'Monitoring', props);
    const told = toldBy(stack, alarmTopic, alarms);
    expect(Object.keys(told)).toHaveLength(7);
    expect(new Set(Object.values(told))).toEqual(new Set(['PaymentIncidentUnhealthy']));
  });

  it('is one alarm that tells by itself where the stage wants the essential ones', () => {
    const { stack, alarmTopic, props } = makeConsumer({ alarms: 'essential' });
    const { alarms } = new ConsumerMonitoring(stack, 'Monitoring', props);
    expect(toldBy(stack, alarmTopic, alarms)).toEqual({ Errors: 'itself' });
  });
});
