import { paymentEvents } from '../../../../contracts/orders.ts';
import { AlarmTopic } from '../../../../lib/constructs/alarm-topic.ts';
import { SubscriptionMonitoring } from '../../../../lib/constructs/monitoring/subscription-monitoring.ts';
import { FunctionSubscription } from '../../../../lib/constructs/subscriptions/function-subscription.ts';
import { resourceOf } from '../../../support/stack-template.ts';
import { toldBy } from '../../../support/told-alarms.ts';
import { subscribedTopic, subscribingFunction } from '../subscriptions/subscribed-topic.ts';

function monitorSubscription() {
  const { stack, topic, key } = subscribedTopic();
  const subscriber = subscribingFunction(stack);
  const subscription = new FunctionSubscription(stack, 'Greeting', {
    topic,
    selection: paymentEvents,
    function: subscriber,
    key,
  });
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  const monitoring = new SubscriptionMonitoring(stack, 'Monitoring', {
    subscription,
    function: subscriber,
    alarmTopic,
  });
  const [failed, lost] = monitoring.alarms.map(alarm => resourceOf(alarm).Properties);
  return { stack, subscription, subscriber, alarmTopic, alarms: monitoring.alarms, failed, lost };
}

describe('SubscriptionMonitoring', () => {
  it('raises an alarm at the first event that the function gave up', () => {
    const { stack, subscription, failed } = monitorSubscription();
    expect(failed).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: stack.resolve(subscription.failed.queueName) }],
      Threshold: 1,
    });
  });

  it('raises an alarm when what was given up could not be kept', () => {
    const { stack, subscriber, lost } = monitorSubscription();
    expect(lost).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'DestinationDeliveryFailures',
      Dimensions: [{ Name: 'FunctionName', Value: stack.resolve(subscriber.function.functionName) }],
      Statistic: 'Sum',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('tells the alarm topic of a loss, and of what is left when nothing else is wrong', () => {
    const { stack, alarmTopic, alarms } = monitorSubscription();
    expect(toldBy(stack, alarmTopic, alarms)).toEqual({ Failed: 'GreeterIncidentRemains', Lost: 'itself' });
  });
});
