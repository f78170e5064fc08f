import { elementsOf, textOf } from './xml-elements.ts';

/** Who is told of what in a bucket. */
export interface NotificationRule {
  readonly id: string;
  readonly kind: 'queue' | 'topic' | 'function';
  readonly destinationArn: string;
  /** `s3:ObjectCreated:*`, `s3:ObjectRemoved:Delete`. */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

/** What a bucket tells of, and whom. */
export interface NotificationConfiguration {
  readonly rules: readonly NotificationRule[];
  /** EventBridge is told of everything. */
  readonly tellsEventBridge: boolean;
}

/** Names of the elements of each kind of destination. */
const KINDS = [
  { kind: 'queue', element: 'QueueConfiguration', arn: 'Queue' },
  { kind: 'topic', element: 'TopicConfiguration', arn: 'Topic' },
  { kind: 'function', element: 'CloudFunctionConfiguration', arn: 'CloudFunction' },
] as const;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html */
export function parseNotificationConfiguration(xml: string): NotificationConfiguration {
  return { rules: rulesIn(xml), tellsEventBridge: /<EventBridgeConfiguration[\s/>]/.test(xml) };
}

function rulesIn(xml: string): readonly NotificationRule[] {
  return KINDS.flatMap(({ kind, element, arn }) =>
    elementsOf(xml, element).map((configuration, index) => {
      const filters = elementsOf(configuration, 'FilterRule').map(rule => ({
        name: textOf(rule, 'Name')?.toLowerCase(),
        value: textOf(rule, 'Value') ?? '',
      }));
      const filter = (name: string) => filters.find(rule => rule.name === name)?.value ?? '';
      return {
        id: textOf(configuration, 'Id') ?? `${kind}-${index + 1}`,
        kind,
        destinationArn: textOf(configuration, arn) ?? '',
        events: elementsOf(configuration, 'Event'),
        prefix: filter('prefix'),
        suffix: filter('suffix'),
      };
    }),
  );
}

/**
 * Whether a rule is about an event of an object.
 *
 * @param eventName without the service: `ObjectCreated:Put`.
 */
export function isAbout(rule: NotificationRule, eventName: string, key: string): boolean {
  const isAsked = rule.events.some(event => {
    const [kind, detail] = event.replace(/^s3:/, '').split(':');
    return detail === '*' ? eventName.startsWith(`${kind}:`) : event === `s3:${eventName}`;
  });
  return isAsked && key.startsWith(rule.prefix) && key.endsWith(rule.suffix);
}
