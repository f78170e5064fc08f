import type { ServiceDelivery } from '../sqs/service-delivery.ts';
import type { Schedule } from './schedule.ts';

/** Sends what schedules say to their queues, and what cannot be sent to their DLQs. */
export class ScheduleSender {
  readonly #delivery: ServiceDelivery;

  constructor(delivery: ServiceDelivery) {
    this.#delivery = delivery;
  }

  /** A queue that is not there will not come: nothing is tried again here. */
  send({ arn, definition }: Schedule): void {
    const { Target: target, at } = definition;
    const body = target.Input ?? '';
    if (this.#delivery.put(target.Arn, body) || target.DeadLetterConfig === undefined) return;
    this.#delivery.put(target.DeadLetterConfig.Arn, body, {
      ERROR_CODE: 'AWS.SimpleQueueService.NonExistentQueue',
      ERROR_MESSAGE: `The queue ${target.Arn} does not exist, or cannot hold the message.`,
      SCHEDULE_ARN: arn,
      SCHEDULED_TIME: at.toISOString(),
      TARGET_ARN: target.Arn,
    });
  }
}
