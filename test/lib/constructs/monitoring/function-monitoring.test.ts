import { Duration } from 'aws-cdk-lib';
import * as v from 'valibot';
import { failedRecordsMetric, serviceDimension } from '../../../../contracts/metrics.ts';
import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { DurableQueue } from '../../../../lib/constructs/durable-queue.ts';
import {
  ConsumerMonitoring,
  FunctionMonitoring,
} from '../../../../lib/constructs/monitoring/function-monitoring.ts';
import { QueueConsumer } from '../../../../lib/constructs/queue-consumer.ts';
import { resourceOf, testStack } from '../../../support/stack-template.ts';

function makeConsumer() {
  const stack = testStack();
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
  it('raises an alarm when the function crashes, and when it is refused to run', () => {
    const { stack, consumer, props } = makeConsumer();
    const { alarms } = new FunctionMonitoring(stack, 'Monitoring', props);
    const Dimensions = ofFunction(stack.resolve(consumer.function.functionName));
    expect(alarms.map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      { Namespace: 'AWS/Lambda', MetricName: 'Errors', Statistic: 'Sum', Threshold: 1, Dimensions },
      { Namespace: 'AWS/Lambda', MetricName: 'Throttles', Statistic: 'Sum', Threshold: 1, Dimensions },
    ]);
  });
});

describe('ConsumerMonitoring', () => {
  it('raises an alarm when records fail, which the errors of the function do not count', () => {
    const { stack, props } = makeConsumer();
    const { alarms } = new ConsumerMonitoring(stack, 'Monitoring', props);
    expect(alarms.map(alarm => resourceOf(alarm).Properties.MetricName)).toEqual([
      'Errors',
      'Throttles',
      failedRecordsMetric,
    ]);
    expect(alarms.slice(-1).map(alarm => resourceOf(alarm).Properties)).toMatchObject([
      {
        Namespace: 'OrderProcessing',
        Dimensions: [{ Name: serviceDimension, Value: 'payment' }],
        Statistic: 'Sum',
        Period: 300,
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      },
    ]);
  });

  it('watches the metric that the function is told to emit', () => {
    const { stack, consumer, props } = makeConsumer();
    const { alarms } = new ConsumerMonitoring(stack, 'Monitoring', props);
    const [failedRecords] = alarms.slice(-1).map(alarm => resourceOf(alarm).Properties);
    const { Variables } = resourceOf(consumer.function).Properties.Environment as {
      Variables: Record<string, string>;
    };
    expect(failedRecords).toMatchObject({
      Namespace: Variables.POWERTOOLS_METRICS_NAMESPACE,
      Dimensions: [{ Name: 'service', Value: Variables.POWERTOOLS_SERVICE_NAME }],
    });
  });

  it('tells the alarm topic of each, once', () => {
    const { stack, alarmTopic, props } = makeConsumer();
    const { alarms } = new ConsumerMonitoring(stack, 'Monitoring', props);
    const topicArn = stack.resolve(alarmTopic.topic.topicArn);
    for (const alarm of alarms) {
      expect(resourceOf(alarm).Properties).toMatchObject({
        AlarmActions: [topicArn],
        OKActions: [topicArn],
      });
    }
  });
});
