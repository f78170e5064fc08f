import type { MessagingRule } from './messaging-rule.ts';
import { type CloudFormationTemplate, type Resource, resourcesOfType } from './template-resources.ts';

interface BrokerProperties {
  readonly PubliclyAccessible: unknown;
  readonly AutoMinorVersionUpgrade: unknown;
  readonly Users: readonly { readonly Password?: unknown }[];
  readonly Logs: { readonly General?: unknown };
}

/** Rules about message brokers. */
export const brokerRules: readonly MessagingRule[] = [
  {
    name: 'PrivateBroker',
    requires: 'A broker is in a network of the account, and nowhere else.',
    remedy: 'Set PubliclyAccessible to false: who needs it from outside comes through the network.',
    findings: template =>
      brokersOf(template)
        .filter(({ properties }) => properties.PubliclyAccessible !== false)
        .map(({ id, properties }) => ({
          logicalId: id,
          property: 'PubliclyAccessible',
          found: JSON.stringify(properties.PubliclyAccessible ?? 'not set'),
        })),
  },
  {
    name: 'BrokerPassword',
    requires: "A broker's password is looked up in a secret when it is made, and stands in no template.",
    remedy: 'Give {{resolve:secretsmanager:…}} of a secret that makes it up.',
    findings: template =>
      brokersOf(template).flatMap(({ id, properties }) =>
        (properties.Users ?? [])
          .map(({ Password }, index) => ({ password: Password, index }))
          .filter(({ password }) => !isLookedUp(password))
          .map(({ index }) => ({
            logicalId: id,
            property: `Users.${index}.Password`,
            // What it is must not be said here either.
            found: 'something else than a reference to a secret',
          })),
      ),
  },
  {
    name: 'BrokerLogs',
    requires: 'A broker writes its log.',
    remedy: 'Set Logs.General to true: who connected and was refused is nowhere else.',
    findings: template =>
      brokersOf(template)
        .filter(({ properties }) => properties.Logs?.General !== true)
        .map(({ id, properties }) => ({
          logicalId: id,
          property: 'Logs.General',
          found: String(properties.Logs?.General ?? 'not set'),
        })),
  },
];

function brokersOf(template: CloudFormationTemplate): Resource<BrokerProperties>[] {
  return [...resourcesOfType<BrokerProperties>(template, 'AWS::AmazonMQ::Broker').values()];
}

/** A whole dynamic reference to Secrets Manager, in one piece or joined around the ARN of the secret. */
function isLookedUp(password: unknown): boolean {
  if (typeof password === 'string') return /^\{\{resolve:secretsmanager:[^{}]+\}\}$/.test(password);
  const [delimiter, parts] = (password as { readonly 'Fn::Join'?: unknown[] } | null)?.['Fn::Join'] ?? [];
  if (delimiter !== '' || !Array.isArray(parts)) return false;
  const text = parts.map(part => (typeof part === 'string' ? part : 'arn')).join('');
  return isLookedUp(text);
}
