import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { until } from '../condition.ts';
import type { RunningSystem } from '../scenario.ts';
import type { AlarmPage } from './alarm-pager.ts';

/** What SNS posts, as far as it is looked at. */
interface Posted {
  readonly Type: string;
  readonly Message: string;
  readonly SubscribeURL?: string;
}

/**
 * The endpoint of whoever calls people: confirms its subscription by itself, as those of PagerDuty and Opsgenie do,
 * and keeps the alarms that are posted to it.
 */
export class AlarmWebhook {
  readonly #system: RunningSystem;
  readonly #server: Server;
  readonly #called: AlarmPage[] = [];
  #isConfirmed = false;
  #subscriptionArn = '';

  /** @returns it subscribed to the system's alarms, and confirmed. */
  static async on(system: RunningSystem): Promise<AlarmWebhook> {
    const webhook = new AlarmWebhook(system);
    try {
      await webhook.#subscribe();
    } catch (error) {
      await webhook.close();
      throw error;
    }
    return webhook;
  }

  private constructor(system: RunningSystem) {
    this.#system = system;
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  /** Alarms that somebody was called for, or was told that they are over. */
  get called(): readonly AlarmPage[] {
    return this.#called;
  }

  async close(): Promise<void> {
    if (this.#isConfirmed) {
      await this.#system.sns.send(new UnsubscribeCommand({ SubscriptionArn: this.#subscriptionArn }));
    }
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #subscribe(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    const { SubscriptionArn = '' } = await this.#system.sns.send(
      new SubscribeCommand({
        TopicArn: this.#system.output('AlarmTopicArn'),
        Protocol: 'http',
        Endpoint: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/alarms`,
        ReturnSubscriptionArn: true,
      }),
    );
    this.#subscriptionArn = SubscriptionArn;
    await until(async () => (this.#isConfirmed ? undefined : 'the webhook is not confirmed'));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const posted = JSON.parse(Buffer.concat(chunks).toString()) as Posted;
    response.writeHead(200).end();
    if (posted.Type === 'Notification') this.#called.push(JSON.parse(posted.Message) as AlarmPage);
    if (posted.Type !== 'SubscriptionConfirmation' || posted.SubscribeURL === undefined) return;
    this.#isConfirmed = (await fetch(posted.SubscribeURL)).ok;
  }
}
