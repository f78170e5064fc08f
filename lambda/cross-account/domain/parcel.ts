import { type ParcelScanned, parcelStatuses } from '../../../contracts/parcels.ts';

/** Where a parcel was last seen. */
export type ParcelState = Pick<ParcelScanned, 'status' | 'place' | 'scanned_at'>;

export type ScanDecision =
  | { readonly action: 'record'; readonly next: ParcelState }
  | { readonly action: 'pass'; readonly outcome: 'scan_known' | 'scan_outdated' };

/** Decides what a scan changes: the latest one counts, in whatever order they come, and however often. */
export function decideScan(state: ParcelState | undefined, scan: ParcelState): ScanDecision {
  const { status, place, scanned_at } = scan;
  const progress = state === undefined ? 1 : progressFrom(state, scan);
  if (progress > 0) return { action: 'record', next: { status, place, scanned_at } };
  return { action: 'pass', outcome: progress === 0 ? 'scan_known' : 'scan_outdated' };
}

/** Above zero where the scan is the later one; of two at the same moment, that which is further on the way. */
function progressFrom(state: ParcelState, scan: ParcelState): number {
  const later = Date.parse(scan.scanned_at) - Date.parse(state.scanned_at);
  return later || parcelStatuses.indexOf(scan.status) - parcelStatuses.indexOf(state.status);
}
