import { formatMinorUnits } from '../../../contracts/money.ts';

/** An order as a client posts it. */
export interface PostedOrder {
  readonly order_id: string;
  /** The shop that it came through. */
  readonly tenant?: string;
  readonly customer: string;
  readonly total: number;
  /** What the payment gateway knows the card by. */
  readonly card_token?: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
}

/** An order that is paid by a card. */
export type CardOrder = PostedOrder & Required<Pick<PostedOrder, 'card_token'>>;

/** The order whose charge fails, as long as the payment function is told so. */
export const poisonOrder: CardOrder = {
  order_id: '1002',
  customer: 'Bob',
  total: 150.0,
  card_token: 'card_Bob_7hQ2mZ0xVt',
  items: [{ sku: 'chair', quantity: 1 }],
};

/** An order whose card is looked for wherever the order passes. */
export const cardOrder: CardOrder = {
  order_id: 'card-1',
  customer: 'Alice',
  total: 12.5,
  card_token: 'card_Alice_u81KpYcL0e',
  items: [],
};

const customers = ['Alice', 'Carol', 'Dave', 'Erin', 'Frank', 'Grace', 'Heidi', 'John Doe'];
const skus = ['chair', 'desk', 'lamp'];

/** SKUs that the orders ask for. */
export const stockedSkus: readonly string[] = skus;

/** So many orders from 1001 on, the second of them {@link poisonOrder}. The same at every call. */
export function ordersFrom1001(count: number): PostedOrder[] {
  return Array.from({ length: count }, (_, index) => {
    const order_id = String(1001 + index);
    if (order_id === poisonOrder.order_id) return poisonOrder;
    return {
      order_id,
      customer: customers[index % customers.length] as string,
      total: 19.99 + (index % 40) * 5,
      items: [{ sku: skus[index % skus.length] as string, quantity: 1 + (index % 3) }],
    };
  }).map(order => ({ ...order, total: Number(order.total.toFixed(2)) }));
}

/** So many orders that come through one shop, and reserve no stock. The same at every call. */
export function ordersThrough(tenant: string, count: number): PostedOrder[] {
  return Array.from({ length: count }, (_, index) => ({
    order_id: `${tenant}-${index + 1}`,
    tenant,
    customer: customers[index % customers.length] as string,
    total: 9.99,
    items: [],
  }));
}

/** Pieces of each SKU that the orders ask for in all. */
export function demandOf(orders: readonly PostedOrder[]): Map<string, number> {
  const demand = new Map<string, number>();
  for (const { sku, quantity } of orders.flatMap(order => order.items)) {
    demand.set(sku, (demand.get(sku) ?? 0) + quantity);
  }
  return demand;
}

export function describeOrder({ order_id, customer, total }: PostedOrder): string {
  return `${order_id} of ${customer}, ${formatMinorUnits(Math.round(total * 100), 'USD')}`;
}
