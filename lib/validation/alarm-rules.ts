import type { MessagingRule } from './messaging-rule.ts';
import { deadLetterQueuesOf } from './template-queues.ts';
import {
  type CloudFormationTemplate,
  type Resource,
  referredId,
  resourcesOfType,
} from './template-resources.ts';

const compositeType = 'AWS::CloudWatch::CompositeAlarm';

interface AlarmProperties {
  readonly ActionsEnabled: unknown;
  readonly AlarmDescription: unknown;
  readonly AlarmActions: readonly unknown[];
  readonly Dimensions: readonly { readonly Value?: unknown }[];
  readonly MetricName: unknown;
  readonly OKActions: readonly unknown[];
}

function alarmsOf(template: CloudFormationTemplate): Resource<AlarmProperties>[] {
  return ['AWS::CloudWatch::Alarm', compositeType].flatMap(type => [
    ...resourcesOfType<AlarmProperties>(template, type).values(),
  ]);
}

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

/**
 * Alarms that a composite alarm with actions goes off with, as the only thing that its rule asks for: with AND or
 * NOT, something else could keep it silent.
 */
export function heardThroughComposites(template: CloudFormationTemplate): ReadonlySet<string> {
  const composites = resourcesOfType<AlarmProperties & { readonly AlarmRule: unknown }>(
    template,
    compositeType,
  );
  return new Set(
    [...composites.values()]
      .filter(({ properties }) => properties.ActionsEnabled !== false && properties.AlarmActions?.length)
      .flatMap(({ properties }) => {
        const parts = partsOf(properties.AlarmRule);
        const words = parts.filter(part => typeof part === 'string').join(' ');
        if (/\b(?:AND|NOT)\b/.test(words)) return [];
        return parts.flatMap((part, place) =>
          /\bALARM\("?$/.test(String(parts[place - 1])) ? [referredId(part) ?? ''] : [],
        );
      }),
  );
}

/** Texts and references that a text is joined of. */
function partsOf(text: unknown): readonly unknown[] {
  const joined = (text as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] } | undefined)?.[
    'Fn::Join'
  ];
  return joined ? joined[1] : [text];
}

/** Rules about alarms: what fails is told to somebody. */
export const alarmRules: readonly MessagingRule[] = [
  {
    name: 'AlarmActions',
    requires:
      'An alarm tells somebody of its start and its end, or sets off a composite alarm that does: one without actions goes off unheard.',
    remedy:
      'Give it a topic in AlarmActions and OKActions, and leave ActionsEnabled on; or make it a sign of an incident.',
    findings: template => {
      const heard = heardThroughComposites(template);
      return alarmsOf(template)
        .filter(({ id, properties }) => !heard.has(id) || properties.ActionsEnabled === false)
        .flatMap(({ id, properties }) => {
          if (properties.ActionsEnabled === false) {
            return [{ logicalId: id, property: 'ActionsEnabled', found: 'false' }];
          }
          if (!properties.AlarmActions?.length) {
            return [{ logicalId: id, property: 'AlarmActions', found: 'empty' }];
          }
          return properties.OKActions?.length || onlyScales(template, properties)
            ? []
            : [{ logicalId: id, property: 'OKActions', found: 'empty' }];
        });
    },
  },
  {
    name: 'AlarmRunbook',
    requires: 'The description of an alarm ends with its runbook: whom it wakes knows where to read.',
    remedy: 'Make it a MonitoringAlarm, whose text names one of the runbooks.',
    findings: template =>
      alarmsOf(template)
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
