import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { EventSchemas } from '../../../contracts/events.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { MessageFunction } from '../message-function.ts';
import type { FunctionSubscription } from '../subscriptions/function-subscription.ts';
import { CountAlarm } from './count-alarm.ts';
import { notEmptyAlarm } from './queue-monitoring.ts';

export interface SubscriptionMonitoringProps {
  readonly subscription: FunctionSubscription<EventSchemas>;
  /** The function that is subscribed. */
  readonly function: MessageFunction;
  readonly alarmTopic: AlarmTopic;
}

/**
 * Alarms of a function that a topic invokes: it gave an event up, or what it gave up could not be kept. The
 * DLQ of the subscription is watched with its topic.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export class SubscriptionMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: SubscriptionMonitoringProps) {
    super(scope, id);
    this.alarms = [
      notEmptyAlarm(this, 'Failed', props.subscription.failed, {
        description: 'The function failed on an event at every try. The record in the queue tells how.',
      }),
      new CountAlarm(this, 'Lost', {
        metric: props.function.function.metric('DestinationDeliveryFailures'),
        description: 'Lambda could not keep what the function failed on: its role, or the queue, or its key.',
      }),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }
}
