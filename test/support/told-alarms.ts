import type { Stack } from 'aws-cdk-lib';
import type { AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmTopic } from '../../lib/constructs/alarm-topic.ts';
import { resourceOf, resourcesOfType, templateOf } from './stack-template.ts';

/**
 * By which alarm a topic is told of each: by itself, or by a composite, whose logical id is given without its
 * hash; of others it is not told.
 */
export function toldBy(
  stack: Stack,
  { topic }: AlarmTopic,
  alarms: readonly AlarmBase[],
): Record<string, string> {
  const told = JSON.stringify([stack.resolve(topic.topicArn)]);
  const tells = ({ AlarmActions, OKActions }: Readonly<Record<string, unknown>>) =>
    JSON.stringify(AlarmActions) === told && JSON.stringify(OKActions) === told;
  const composites = resourcesOfType(templateOf(stack), 'AWS::CloudWatch::CompositeAlarm').filter(
    ([, { Properties }]) => tells(Properties),
  );
  return Object.fromEntries(
    alarms.map(alarm => {
      const properties = resourceOf(alarm).Properties;
      const arn = JSON.stringify(stack.resolve(alarm.alarmArn));
      const [composite] = composites.filter(([, { Properties }]) =>
        JSON.stringify(Properties.AlarmRule).includes(arn),
      );
      const by = composite ? composite[0].replace(/[0-9A-F]{8}$/, '') : 'nobody';
      return [alarm.node.id, tells(properties) ? 'itself' : properties.AlarmActions ? 'others' : by];
    }),
  );
}
