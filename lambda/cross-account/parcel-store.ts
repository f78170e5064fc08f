import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { parcelEvents } from '../../contracts/parcels.ts';
import { VersionedItems } from '../shared/versioned-items.ts';
import type { ParcelState } from './domain/parcel.ts';

const { status, place, scanned_at } = parcelEvents.schemas.parcel_scanned.entries;

/** Parcels as items `PARCEL#<id>`, with where they were last seen. */
export function parcelStore(
  documents: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
): VersionedItems<ParcelState> {
  return new VersionedItems<ParcelState>({
    subject: { noun: 'parcel', keyPrefix: 'PARCEL', idAttribute: 'parcel_id' },
    documents,
    tableName,
    schema: v.object({ status, place, scanned_at }),
  });
}
