import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { Workflow } from '../workflow.ts';
import { CountAlarm } from './count-alarm.ts';

export interface WorkflowMonitoringProps {
  readonly workflow: Workflow;
  readonly alarmTopic: AlarmTopic;
}

/**
 * Alarms of a workflow: executions failed, were stopped when their time was up, or are slowed down. That a
 * customer's card is declined is no failure of an execution.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 */
export class WorkflowMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, { workflow, alarmTopic }: WorkflowMonitoringProps) {
    super(scope, id);
    const { machine } = workflow;
    this.alarms = [
      new CountAlarm(this, 'Failed', {
        metric: machine.metricFailed(),
        means: 'Executions failed: a step gave up, or nobody answered in time.',
        breaks:
          'Their orders do not come about. What was taken for them was given back, unless it is the compensation that failed.',
        runbook: 'workflowFailed',
      }),
      new CountAlarm(this, 'TimedOut', {
        metric: machine.metricTimedOut(),
        means: 'Executions were stopped where they were, since they took longer in all than they may.',
        breaks: 'Their orders are left half done: nothing was given back.',
        runbook: 'workflowTimedOut',
      }),
      new CountAlarm(this, 'Throttled', {
        metric: machine.metricThrottled(),
        means: 'Step Functions held executions back: they change states faster than the account may.',
        breaks: 'Orders take longer. Nothing is lost.',
        runbook: 'workflowThrottled',
      }),
    ];
    alarmTopic.notifyOf(...this.alarms);
  }
}
