import fc from 'fast-check';
import { parcelStatuses } from '../../../../contracts/parcels.ts';
import { decideScan, type ParcelState } from '../../../../lambda/cross-account/domain/parcel.ts';

const scan = (status: ParcelState['status'], hour: number): ParcelState => ({
  status,
  place: `Depot ${hour}`,
  scanned_at: `2026-11-02T${String(hour).padStart(2, '0')}:00:00.000Z`,
});

describe('decideScan', () => {
  it('records the first scan, and each later one', () => {
    expect(decideScan(undefined, scan('collected', 8))).toMatchObject({ action: 'record' });
    expect(decideScan(scan('collected', 8), scan('in_transit', 9))).toEqual({
      action: 'record',
      next: scan('in_transit', 9),
    });
  });

  it('passes over what is known, and what is older', () => {
    const state = scan('in_transit', 9);
    expect(decideScan(state, state)).toEqual({ action: 'pass', outcome: 'scan_known' });
    expect(decideScan(state, scan('delivered', 8))).toEqual({ action: 'pass', outcome: 'scan_outdated' });
  });

  it('takes the one further on the way, of two at the same moment', () => {
    expect(decideScan(scan('in_transit', 9), scan('delivered', 9))).toMatchObject({ action: 'record' });
    expect(decideScan(scan('delivered', 9), scan('in_transit', 9))).toMatchObject({ action: 'pass' });
  });

  it('ends where the parcel was seen last, in whatever order scans come, and however often', () => {
    const scans = fc.array(
      fc.record({ status: fc.constantFrom(...parcelStatuses), hour: fc.integer({ min: 0, max: 23 }) }),
      { minLength: 1 },
    );
    const endOf = (all: readonly ParcelState[]) =>
      all.reduce<ParcelState | undefined>((state, next) => {
        const decision = decideScan(state, next);
        return decision.action === 'record' ? decision.next : state;
      }, undefined);
    fc.assert(
      fc.property(scans, fc.infiniteStream(fc.nat()), (drawn, order) => {
        const all = drawn.map(({ status, hour }) => scan(status, hour));
        const shuffled = [...all, ...all]
          .map(each => ({ each, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each);
        expect(endOf(shuffled)).toEqual(endOf(all));
      }),
    );
  });
});
