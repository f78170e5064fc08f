import type { ParcelScanned } from '../../contracts/parcels.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { onCurrentState, type VersionedStates } from '../shared/versioned-items.ts';
import { decideScan, type ParcelState } from './domain/parcel.ts';

export interface ParcelPorts {
  readonly parcels: VersionedStates<ParcelState>;
}

/** Keeps where each parcel was last seen, whoever sent the scan. */
export function parcelTracking({ parcels }: ParcelPorts) {
  return async (scan: ParcelScanned): Promise<Handled> => {
    const { parcel_id } = scan;
    return onCurrentState(parcels, parcel_id, await parcels.read(parcel_id), async seen => {
      const decision = decideScan(seen?.state, scan);
      if (decision.action === 'pass') return { outcome: decision.outcome };
      await parcels.write(parcel_id, decision.next, seen);
      return { outcome: 'scan_recorded', details: { status: decision.next.status } };
    });
  };
}
