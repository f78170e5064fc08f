import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { RunningSystem } from './scenario.ts';

type Item = Readonly<Record<string, unknown>>;

/** What the services recorded of orders, as their tables have it. */
export class OrderRecords {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  /** Puts so many pieces of each SKU on the shelf. */
  async stock(pieces: ReadonlyMap<string, number>): Promise<void> {
    for (const [sku, available] of pieces) {
      await this.#system.dynamodb.send(
        new PutCommand({
          TableName: this.#system.output('StockTableName'),
          Item: { pk: `SKU#${sku}`, sku, available, reserved: 0 },
        }),
      );
    }
  }

  /** What is on the shelf. */
  async shelf(): Promise<Map<string, { available: number; reserved: number }>> {
    const items = await this.#itemsOf('StockTableName', 'SKU#');
    return new Map(
      [...items].map(([sku, item]) => [
        sku,
        { available: Number(item.available), reserved: Number(item.reserved) },
      ]),
    );
  }

  /** Status of each order's payment, by order id. */
  payments(): Promise<Map<string, string>> {
    return this.#statusesOf('PaymentsTableName');
  }

  /** Status of each order's reservation. */
  reservations(): Promise<Map<string, string>> {
    return this.#statusesOf('StockTableName');
  }

  /** Status of each order's shipment. */
  shipments(): Promise<Map<string, string>> {
    return this.#statusesOf('ShipmentsTableName');
  }

  async #statusesOf(tableOutput: string): Promise<Map<string, string>> {
    const items = await this.#itemsOf(tableOutput, 'ORDER#');
    return new Map([...items].map(([id, item]) => [id, String(item.status)]));
  }

  async #itemsOf(tableOutput: string, prefix: string): Promise<Map<string, Item>> {
    const items = new Map<string, Item>();
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#system.dynamodb.send(
        new ScanCommand({
          TableName: this.#system.output(tableOutput),
          ConsistentRead: true,
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      for (const item of page.Items ?? []) {
        const key = String(item.pk);
        if (key.startsWith(prefix)) items.set(key.slice(prefix.length), item);
      }
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  }
}
