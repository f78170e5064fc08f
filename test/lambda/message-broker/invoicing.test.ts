import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { InvoiceStore } from '../../../lambda/message-broker/invoice-store.ts';
import { invoicing } from '../../../lambda/message-broker/invoicing.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { orderPlaced } from '../../support/order-events.ts';

/** A table that knows keys, as far as the one condition needs it. */
function tableOf(fault?: Error) {
  const items = new Map<string, unknown>();
  const documents = {
    async send({ input }: { input: { Item: { pk: string } } }) {
      if (fault) throw fault;
      if (items.has(input.Item.pk)) {
        throw new ConditionalCheckFailedException({
          message: 'The conditional request failed',
          $metadata: {},
        });
      }
      items.set(input.Item.pk, input.Item);
      return {};
    },
  };
  return { items, invoices: new InvoiceStore(documents as never, 'invoices') };
}

it('opens an invoice for an order, once', async () => {
  const { items, invoices } = tableOf();
  const handle = invoicing({ invoices });
  expect(await handle(orderPlaced())).toEqual({ outcome: 'invoiced' });
  expect(await handle(orderPlaced({ correlation_id: 'again' }))).toEqual({ outcome: 'invoiced_before' });
  expect([...items.values()]).toEqual([
    {
      pk: 'ORDER#12345',
      order_id: '12345',
      customer: 'John Doe',
      total_minor: 9_999,
      currency: 'USD',
      ordered_at: '2026-01-02T03:04:05.678Z',
    },
  ]);
});

it('says that DynamoDB is down when it is', async () => {
  const { invoices } = tableOf(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  await expect(invoicing({ invoices })(orderPlaced())).rejects.toThrow(DependencyDownError);
});
