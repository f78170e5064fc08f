import { SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { RunningSystem } from '../scenario.ts';

/** A task that was handed on, and when. */
export interface HandedOn {
  readonly task_id: string;
  readonly event_type: string;
  readonly lateMs: number;
}

/** Whoever does tasks: subscribes a queue of its own to those that are due, and keeps what comes. */
export class TaskDoer {
  readonly #system: RunningSystem;
  readonly #queueUrl: string;
  readonly #handedOn: HandedOn[] = [];

  static async subscribed(system: RunningSystem): Promise<TaskDoer> {
    const name = 'whoever-does-delayed-tasks';
    const { QueueUrl = '' } = await system.sqs.send(new CreateQueueCommand({ QueueName: name }));
    const topicArn = system.output('DueTasksTopicArn');
    await system.sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: topicArn.replace(':sns:', ':sqs:').replace(/[^:]+$/, name),
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    return new TaskDoer(system, QueueUrl);
  }

  private constructor(system: RunningSystem, queueUrl: string) {
    this.#system = system;
    this.#queueUrl = queueUrl;
  }

  /** Everything that came until now. */
  async handedOn(): Promise<readonly HandedOn[]> {
    for (;;) {
      const { Messages = [] } = await this.#system.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#queueUrl,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      if (Messages.length === 0) return this.#handedOn;
      for (const { Body = '', Attributes, ReceiptHandle } of Messages) {
        const { task_id, event_type, due_at } = JSON.parse(Body) as Omit<HandedOn, 'lateMs'> & {
          readonly due_at: string;
        };
        const lateMs = Number(Attributes?.SentTimestamp) - Date.parse(due_at);
        this.#handedOn.push({ task_id, event_type, lateMs });
        await this.#system.sqs.send(new DeleteMessageCommand({ QueueUrl: this.#queueUrl, ReceiptHandle }));
      }
    }
  }

  /** Ids of the tasks that came until now, in their order. */
  async ids(): Promise<readonly string[]> {
    return (await this.handedOn()).map(({ task_id }) => task_id);
  }
}
