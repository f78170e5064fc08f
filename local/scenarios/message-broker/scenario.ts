import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { OrderEvent } from '../../../contracts/orders.ts';
import { brokerPrograms } from '../../brokers/brokers.ts';
import { until } from '../condition.ts';
import { expectEqual, unequal } from '../expectations.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckOptions, CheckSteps, RunningSystem, Scenario } from '../scenario.ts';

export const scenario: Scenario = {
  lacking({ resources }) {
    const broker = resources.find(({ type }) => type === 'AWS::AmazonMQ::Broker');
    const program = brokerPrograms[broker?.attributes.StompEndpoints ? 'ACTIVEMQ' : 'RABBITMQ'];
    return program.isInstalled() ? undefined : program.name;
  },

  async demonstrate(system) {
    const desk = new BrokerDesk(system);
    await desk.place('broker-1');
    await desk.cancel('broker-2');
  },

  async check(system, { step }: CheckSteps, { volume }: CheckOptions) {
    const desk = new BrokerDesk(system);
    const orders = Array.from({ length: volume }, (_, number) => `order-${number + 1}`);
    await step(`${volume} orders are put into the outbox, the first of them twice`, async () => {
      for (const order of orders) await desk.place(order);
      await desk.place('order-1');
      return undefined;
    });
    await step('the warehouse picks each once', async () => {
      await until(async () => unequal('opened', desk.outcomes('opened'), orders.length));
      await until(async () => unequal('known before', desk.outcomes('known_before'), 1));
      expectEqual('pick', await desk.statusOf('order-1'), 'open');
      return undefined;
    });
    await step('the function opens an invoice for each, once', async () => {
      await until(async () => unequal('invoiced', desk.outcomes('invoiced'), orders.length));
      await until(async () => unequal('invoiced before', desk.outcomes('invoiced_before'), 1));
      expectEqual('invoice', await desk.hasInvoice('order-1'), true);
      return undefined;
    });
    await step('an order that is canceled is not picked', async () => {
      await desk.cancel('order-1');
      await until(async () => unequal('withdrawn', desk.outcomes('withdrawn'), 1));
      expectEqual('pick', await desk.statusOf('order-1'), 'withdrawn');
      return undefined;
    });
    await step('what is no event waits in the DLQ of the outbox, and nothing else is left', async () => {
      await desk.send('{"event_type":"order_lost"}');
      const dlq = system.output('OutboxDlqUrl');
      await until(async () => unequal('DLQ', await messagesIn(system.sqs, dlq), 1));
      await until(async () =>
        unequal('outbox', await messagesIn(system.sqs, system.output('OutboxQueueUrl')), 0),
      );
      expectEqual('rejects', await messagesIn(system.sqs, system.output('InvoicingRejectsUrl')), 0);
      return undefined;
    });
  },
};

/** Puts events into the outbox, and looks at what came of them. */
class BrokerDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  place(orderId: string): Promise<void> {
    const event: OrderEvent = {
      event_type: 'order_placed',
      correlation_id: `correlation-${orderId}`,
      order_id: orderId,
      customer: 'John Doe',
      total_minor: 9_999,
      currency: 'USD',
      items: [{ sku: 'TEAPOT', quantity: 2 }],
      placed_at: new Date().toISOString(),
    };
    return this.send(JSON.stringify(event));
  }

  cancel(orderId: string): Promise<void> {
    const event: OrderEvent = {
      event_type: 'order_canceled',
      correlation_id: `correlation-${orderId}`,
      order_id: orderId,
      canceled_at: new Date().toISOString(),
    };
    return this.send(JSON.stringify(event));
  }

  async send(body: string): Promise<void> {
    const QueueUrl = this.#system.output('OutboxQueueUrl');
    await this.#system.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  }

  /** How often something was done, as this system's programs logged it. */
  outcomes(outcome: string): number {
    return this.#system.log.filter(({ fields }) => fields.outcome === outcome).length;
  }

  async statusOf(orderId: string): Promise<unknown> {
    return (await this.#item('PicksTableName', orderId))?.status;
  }

  async hasInvoice(orderId: string): Promise<boolean> {
    return (await this.#item('InvoicesTableName', orderId)) !== undefined;
  }

  async #item(table: string, orderId: string): Promise<Record<string, unknown> | undefined> {
    const { Item: item } = await this.#system.dynamodb.send(
      new GetCommand({
        TableName: this.#system.output(table),
        Key: { pk: `ORDER#${orderId}` },
        ConsistentRead: true,
      }),
    );
    return item;
  }
}
