import { AwsError } from '../aws-error.ts';
import { escapeXml } from '../wire-protocol.ts';
import type { BucketNotifications } from './bucket-notifications.ts';
import { type NotificationRule, parseNotificationConfiguration } from './notification-configuration.ts';
import { textOf } from './xml-elements.ts';

/** Names of the elements of each kind of destination. */
const ELEMENTS = {
  queue: { configuration: 'QueueConfiguration', arn: 'Queue' },
  topic: { configuration: 'TopicConfiguration', arn: 'Topic' },
  function: { configuration: 'CloudFunctionConfiguration', arn: 'CloudFunction' },
} as const;

/** What can be said of versions in a bucket. */
export interface Versioning {
  isEnabled(bucket: string): boolean;
  enable(bucket: string): void;
}

/** Query parameters of the settings that requests can read and change. */
export const bucketSettings = ['notification', 'versioning'] as const;

/** The settings of buckets. */
export class BucketSettings {
  readonly #notifications: BucketNotifications;
  readonly #versioning: Versioning;

  constructor(notifications: BucketNotifications, versioning: Versioning) {
    this.#notifications = notifications;
    this.#versioning = versioning;
  }

  /**
   * @param xml body of the request; undefined where the setting is read.
   * @returns the body of the answer.
   * @throws AwsError
   */
  answer(bucket: string, setting: (typeof bucketSettings)[number], xml: string | undefined): string {
    switch (setting) {
      case 'versioning':
        return xml === undefined ? this.#versioningXml(bucket) : this.#enableVersioning(bucket, xml);
      case 'notification':
        return xml === undefined ? this.#notificationXml(bucket) : this.#configureNotifications(bucket, xml);
    }
  }

  #versioningXml(bucket: string): string {
    const status = this.#versioning.isEnabled(bucket) ? '<Status>Enabled</Status>' : '';
    return `<VersioningConfiguration>${status}</VersioningConfiguration>`;
  }

  #enableVersioning(bucket: string, xml: string): string {
    if (textOf(xml, 'Status') !== 'Enabled') {
      throw new AwsError('NotImplemented', 'Versions can be switched on here, and not off.', 501);
    }
    this.#versioning.enable(bucket);
    return '';
  }

  #notificationXml(bucket: string): string {
    const { rules, tellsEventBridge } = this.#notifications.configurationOf(bucket);
    const eventBridge = tellsEventBridge ? '<EventBridgeConfiguration/>' : '';
    return `<NotificationConfiguration>${rules.map(ruleXml).join('')}${eventBridge}</NotificationConfiguration>`;
  }

  #configureNotifications(bucket: string, xml: string): string {
    this.#notifications.configure(bucket, parseNotificationConfiguration(xml));
    return '';
  }
}

function ruleXml(rule: NotificationRule): string {
  const { configuration, arn } = ELEMENTS[rule.kind];
  const events = rule.events.map(event => `<Event>${escapeXml(event)}</Event>`).join('');
  const filters = (['prefix', 'suffix'] as const)
    .filter(name => rule[name] !== '')
    .map(name => `<FilterRule><Name>${name}</Name><Value>${escapeXml(rule[name])}</Value></FilterRule>`);
  const filter = filters.length > 0 ? `<Filter><S3Key>${filters.join('')}</S3Key></Filter>` : '';
  return (
    `<${configuration}><Id>${escapeXml(rule.id)}</Id><${arn}>${escapeXml(rule.destinationArn)}</${arn}>` +
    `${events}${filter}</${configuration}>`
  );
}
