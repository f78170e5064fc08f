import { Duration, Lazy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { descriptionOf } from './runbook.ts';

/** How long what is left waits for a sign: the metrics of a DLQ may come before those of the fault. */
const waitForSigns = Duration.minutes(5);

/** How long after the last sign somebody may take to move what is left, until being told of it. */
const timeToRedrive = Duration.hours(1);

/**
 * One page for all that is wrong with a queue, or an API, and with the function behind it.
 *
 * A fault shows itself in many ways: records fail, the oldest message grows old, the backlog grows, and in the
 * end the DLQ has messages. Each of these **signs** sets off the alarm `Unhealthy`, the first of them pages, and
 * the others do not. What a fault **leaves** stays when it is over: messages in a DLQ, until somebody redrives
 * them. Were they a sign, one forgotten message would keep the alarm on, and the next fault would page nobody. So
 * they have an alarm of their own, `Remains`, that is silent while there are signs and for an hour afterwards:
 * then it reminds of what was not redriven.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html
 */
export class Incident extends Construct {
  /** Goes off at the first sign. */
  readonly unhealthy: cloudwatch.CompositeAlarm;
  readonly #signs: cloudwatch.AlarmBase[] = [];
  readonly #remains: cloudwatch.AlarmBase[] = [];
  #leftBehind: cloudwatch.CompositeAlarm | undefined;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.unhealthy = named(
      new cloudwatch.CompositeAlarm(this, 'Unhealthy', {
        alarmRule: anyOf(this.#signs),
        alarmDescription: descriptionOf(this, {
          means:
            'Messages or requests are not handled as they should be: one of the alarms of this rule went off.',
          breaks: 'That alarm says what. Further ones for the same fault do not tell you.',
          runbook: 'unhealthy',
        }),
      }),
    );
  }

  addSigns(...alarms: readonly cloudwatch.AlarmBase[]): void {
    this.#signs.push(...alarms);
  }

  /** @returns the alarm that tells of what is left. */
  addRemains(...alarms: readonly cloudwatch.AlarmBase[]): cloudwatch.CompositeAlarm {
    this.#remains.push(...alarms);
    this.#leftBehind ??= named(
      new cloudwatch.CompositeAlarm(this, 'Remains', {
        alarmRule: anyOf(this.#remains),
        alarmDescription: descriptionOf(this, {
          means: 'Messages were given up and wait in a DLQ, and nothing else is wrong any more.',
          breaks: 'What they ask for is not done until they are redriven. They are kept for 14 days.',
          runbook: 'remains',
        }),
        actionsSuppressor: this.unhealthy,
        actionsSuppressorWaitPeriod: waitForSigns,
        actionsSuppressorExtensionPeriod: timeToRedrive,
      }),
    );
    return this.#leftBehind;
  }
}

/** Goes off with the first of several alarms, those that are added later among them. */
function anyOf(alarms: readonly cloudwatch.AlarmBase[]): cloudwatch.IAlarmRule {
  const rule = {
    produce: () => (alarms.length === 0 ? 'FALSE' : cloudwatch.AlarmRule.anyOf(...alarms).renderAlarmRule()),
  };
  return { renderAlarmRule: () => Lazy.string(rule) };
}

/**
 * Leaves the name to CloudFormation, as that of other alarms is: it begins with the stack's, for whose alarms
 * the topic and its key admit CloudWatch. The L2's own name does not.
 */
function named(alarm: cloudwatch.CompositeAlarm): cloudwatch.CompositeAlarm {
  const { defaultChild } = alarm.node;
  if (defaultChild instanceof cloudwatch.CfnCompositeAlarm) {
    defaultChild.addPropertyDeletionOverride('AlarmName');
  }
  return alarm;
}
