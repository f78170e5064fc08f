import type { MessagingRule } from './messaging-rule.ts';
import { deadLetterQueuesOf } from './template-queues.ts';
import { type CloudFormationTemplate, referredId, resourcesOfType } from './template-resources.ts';

interface AlarmProperties {
  readonly ActionsEnabled: unknown;
  readonly AlarmDescription: unknown;
  readonly AlarmActions: readonly unknown[];
  readonly Dimensions: readonly { readonly Value?: unknown }[];
  readonly MetricName: unknown;
}

const alarmTypes = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];

/** How an alarm watches a DLQ so that the first message in it is told of within a minute or two. */
const deadLetterTerms: Readonly<Record<string, unknown>> = {
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  EvaluationPeriods: 1,
  Period: 60,
  Statistic: 'Maximum',
  Threshold: 1,
  TreatMissingData: 'notBreaching',
};

/** What the description of an alarm ends with: where its runbook is. */
const runbookAtEnd = /(?:^|[\s/])docs\/runbooks\/[\w-]+\.md(?:#[\w-]+)?$/;

/** Whether an alarm does nothing but start or stop workers: it is for no person. */
function onlyScales(template: CloudFormationTemplate, { AlarmActions = [] }: Partial<AlarmProperties>) {
  return (
    AlarmActions.length > 0 &&
    AlarmActions.every(action =>
      template.Resources?.[referredId(action) ?? '']?.Type?.endsWith('::ScalingPolicy'),
    )
  );
}

/** Rules about alarms: what fails is told to somebody. */
export const alarmRules: readonly MessagingRule[] = [
  {
    name: 'AlarmActions',
    requires: 'An alarm tells somebody: one without actions goes off unheard.',
    remedy: 'Give it a topic in AlarmActions, and leave ActionsEnabled on.',
    findings: template =>
      [...resourcesOfType<AlarmProperties>(template, 'AWS::CloudWatch::Alarm').values()].flatMap(
        ({ id, properties }) => {
          if (properties.ActionsEnabled === false) {
            return [{ logicalId: id, property: 'ActionsEnabled', found: 'false' }];
          }
          return properties.AlarmActions?.length
            ? []
            : [{ logicalId: id, property: 'AlarmActions', found: 'empty' }];
        },
      ),
  },
  {
    name: 'AlarmRunbook',
    requires: 'The description of an alarm ends with its runbook: whom it wakes knows where to read.',
    remedy: 'Make it a MonitoringAlarm, whose text names one of the runbooks.',
    findings: template =>
      alarmTypes
        .flatMap(type => [...resourcesOfType<AlarmProperties>(template, type).values()])
        .filter(({ properties }) => !onlyScales(template, properties))
        .filter(({ properties }) => !runbookAtEnd.test(String(properties.AlarmDescription)))
        .map(({ id, properties }) => ({
          logicalId: id,
          property: 'AlarmDescription',
          found: JSON.stringify(properties.AlarmDescription ?? 'not set'),
        })),
  },
  {
    name: 'DeadLetterAlarmTerms',
    requires:
      'The alarm of a DLQ goes off at the first message: a Maximum of 1 in one period of 60 s, missing data not breaching.',
    remedy:
      'Set the terms that the alarm has otherwise: an average hides one message, a long wait all of them.',
    findings: template => {
      const deadLetterQueues = new Set(deadLetterQueuesOf(template).map(({ id }) => id));
      return [...resourcesOfType<AlarmProperties>(template, 'AWS::CloudWatch::Alarm').values()]
        .filter(({ properties }) => properties.MetricName === 'ApproximateNumberOfMessagesVisible')
        .filter(({ properties }) => deadLetterQueues.has(referredId(properties.Dimensions?.[0]?.Value) ?? ''))
        .flatMap(({ id, properties }) =>
          Object.entries(deadLetterTerms)
            .map(([name, wanted]) => ({ name, wanted, set: (properties as Record<string, unknown>)[name] }))
            .filter(({ wanted, set }) => set !== wanted)
            .map(({ name, set }) => ({ logicalId: id, property: name, found: String(set ?? 'not set') })),
        );
    },
  },
];
