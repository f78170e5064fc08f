import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { LogEntry, RunningSystem } from '../scenario.ts';

/** What an AWS service tells, as it stands in an event. */
export interface Told {
  readonly source: string;
  readonly detailType: string;
  readonly detail: object;
}

/** Tells what AWS services would, and sees what was done about it. */
export class ServiceDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  /** @returns the id that EventBridge gave the event. */
  async tell({ source, detailType, detail }: Told): Promise<string> {
    const response = await fetch(this.#system.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
      body: JSON.stringify({
        Entries: [{ Source: source, DetailType: detailType, Detail: JSON.stringify(detail) }],
      }),
    });
    const { Entries: [entry] = [] } = (await response.json()) as { Entries?: { EventId?: string }[] };
    if (entry?.EventId === undefined)
      throw new Error(`EventBridge did not take it: ${JSON.stringify(entry)}`);
    return entry.EventId;
  }

  async putReport(key: string, body: string): Promise<void> {
    await this.#system.s3.send(
      new PutObjectCommand({ Bucket: this.#system.output('ReportsBucketName'), Key: key, Body: body }),
    );
  }

  /** Puts on the queue what a rule would. */
  async deliver(event: object): Promise<void> {
    await this.#system.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#system.output('EventsQueueUrl'),
        MessageBody: JSON.stringify(event),
      }),
    );
  }

  /** Ids of the events that came to an outcome. */
  eventsWith(outcome: string): ReadonlySet<unknown> {
    const lines = this.#system.log.filter(({ fields }) => fields.outcome === outcome);
    return new Set(lines.map(({ fields }) => fields.correlation_id));
  }

  /** What was last logged of an event. */
  logged(id: string): LogEntry['fields'] | undefined {
    return this.#system.log.findLast(({ fields }) => fields.correlation_id === id)?.fields;
  }
}
