import type { OrderPlaced } from '../../contracts/orders.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { invoiceOf } from './domain/invoice.ts';
import type { Invoices } from './invoice-store.ts';

/** Opens an invoice for each order, once however often the order comes. */
export function invoicing({ invoices }: { readonly invoices: Invoices }) {
  return async (event: OrderPlaced): Promise<Handled> => ({
    outcome: (await invoices.open(invoiceOf(event))) ? 'invoiced' : 'invoiced_before',
  });
}
