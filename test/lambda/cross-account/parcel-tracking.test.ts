import type { ParcelScanned } from '../../../contracts/parcels.ts';
import { parcelStore } from '../../../lambda/cross-account/parcel-store.ts';
import { parcelTracking } from '../../../lambda/cross-account/parcel-tracking.ts';
import { ConflictError } from '../../../lambda/shared/failures.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';

const scan = (change: Partial<ParcelScanned> = {}): ParcelScanned => ({
  event_type: 'parcel_scanned',
  correlation_id: 'request-1',
  parcel_id: 'P-1',
  status: 'collected',
  place: 'Depot 1',
  scanned_at: '2026-11-02T08:00:00.000Z',
  ...change,
});
const later = scan({ status: 'in_transit', scanned_at: '2026-11-02T09:00:00.000Z' });

describe('parcelTracking', () => {
  it('keeps the latest scan, and passes over what is known or older', async () => {
    const track = parcelTracking({ parcels: new InMemoryStates() });
    expect(await track(later)).toEqual({ outcome: 'scan_recorded', details: { status: 'in_transit' } });
    expect(await track(later)).toEqual({ outcome: 'scan_known' });
    expect(await track(scan())).toEqual({ outcome: 'scan_outdated' });
  });

  it('looks again when another scan of the parcel comes in between', async () => {
    const parcels = new InMemoryStates<object>();
    const track = parcelTracking({ parcels: parcels as never });
    let others = 0;
    parcels.beforeWrite = async () => {
      if (others++ > 0) return;
      parcels.states.set('P-1', { state: later, version: 1 });
      throw new ConflictError('P-1 was changed');
    };
    expect(await track(scan())).toEqual({ outcome: 'scan_outdated' });
    expect(parcels.states.get('P-1')?.state).toBe(later);
  });

  it('keeps parcels as items of a table', async () => {
    const server = await DynamoDbServer.start();
    try {
      const tableName = await server.createTable();
      await parcelTracking({ parcels: parcelStore(server.documents, tableName) })(scan());
      expect(await server.item(tableName, 'PARCEL#P-1')).toMatchObject({
        parcel_id: 'P-1',
        status: 'collected',
        place: 'Depot 1',
      });
    } finally {
      await server.stop();
    }
  });
});
