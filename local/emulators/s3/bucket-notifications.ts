import { AwsError } from '../aws-error.ts';
import type { EventBus } from '../eventbridge/event-bus.ts';
import {
  isAbout,
  type NotificationConfiguration,
  type NotificationRule,
} from './notification-configuration.ts';
import { type ObjectChange, objectEvent, testEvent, toldToEventBridge } from './object-event.ts';

/** Where notifications go. */
export interface NotificationTargets {
  /** Whether there is such a destination. */
  exists(rule: NotificationRule): boolean;
  deliver(rule: NotificationRule, notification: object): void;
}

/** Who is told of what in which bucket, and the telling. */
export class BucketNotifications {
  readonly #configurations = new Map<string, NotificationConfiguration>();
  readonly #targets: NotificationTargets;
  readonly #eventBus: Pick<EventBus, 'tell'>;
  readonly #region: string;

  constructor(targets: NotificationTargets, eventBus: Pick<EventBus, 'tell'>, region: string) {
    this.#targets = targets;
    this.#eventBus = eventBus;
    this.#region = region;
  }

  /**
   * Replaces what a bucket tells of, and sends a test event to each destination, as S3 does.
   *
   * @throws AwsError InvalidArgument where a destination does not exist; nothing is changed then.
   */
  configure(bucket: string, configuration: NotificationConfiguration): void {
    const { rules } = configuration;
    const missing = rules.filter(rule => rule.kind !== 'function' && !this.#targets.exists(rule));
    if (missing.length > 0) {
      throw new AwsError(
        'InvalidArgument',
        `Unable to validate the following destination configurations: ${missing.map(({ destinationArn }) => destinationArn).join(', ')}`,
      );
    }
    this.#configurations.set(bucket, configuration);
    const destinations = new Map(rules.map(rule => [rule.destinationArn, rule]));
    for (const rule of destinations.values()) {
      // Functions are not invoked for a test: S3 asks Lambda whether it may.
      if (rule.kind !== 'function') {
        this.#targets.deliver(rule, testEvent(bucket));
      }
    }
  }

  configurationOf(bucket: string): NotificationConfiguration {
    return this.#configurations.get(bucket) ?? { rules: [], tellsEventBridge: false };
  }

  tell(change: ObjectChange): void {
    const { bucket, eventName, key } = change;
    const configuration = this.configurationOf(bucket);
    if (configuration.tellsEventBridge) this.#eventBus.tell(toldToEventBridge(change), this.#region);
    const rules = configuration.rules.filter(rule => isAbout(rule, eventName, key));
    if (rules.length === 0) {
      return;
    }
    const event = objectEvent(change, this.#region);
    for (const rule of rules) {
      this.#targets.deliver(rule, { Records: [withRule(event, rule)] });
    }
  }
}

function withRule(event: object, { id }: NotificationRule): object {
  const { s3, ...others } = event as { s3: object };
  return { ...others, s3: { ...s3, configurationId: id } };
}
