import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { priceEvents } from '../../contracts/prices.ts';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { PriceState } from './domain/price.ts';

const { price_minor, revision } = priceEvents.schemas.price_changed.entries;

/** Prices as items `PRODUCT#<id>`, in the table of one region. */
export function priceStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<PriceState> {
  return new VersionedItems<PriceState>({
    subject: { noun: 'product', keyPrefix: 'PRODUCT', idAttribute: 'product_id' },
    documents,
    tableName,
    schema: v.object({ price_minor, revision }),
  });
}
