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
    const failed = notEmptyAlarm(this, 'Failed', props.subscription.failed, {
      means: 'The function failed on an event at every try.',
      breaks:
        'What the event asks for is not done. The record in the queue holds it, and tells how it failed.',
      runbook: 'failedOnEvents',
    });
    const lost = new CountAlarm(this, 'Lost', {
      metric: props.function.function.metric('DestinationDeliveryFailures'),
      means: 'Lambda could not keep what the function failed on: its role, the queue, or its key refuses.',
      breaks: 'Those events are lost, but for what the log says of them.',
      runbook: 'failedOnEvents',
    });
    this.alarms = [failed, lost];
    // What could not be kept leaves nothing: it is told of whatever else is.
    props.alarmTopic.notifyOf(lost);
    props.alarmTopic.notifyOfRemains(props.function.trigger, failed);
  }
}
