import { booking, SequenceConflictError, SequenceGapError } from '../../../lambda/order-ledger/booking.ts';
import { ConflictError, failureKind } from '../../../lambda/shared/failures.ts';
import { InMemoryLedger } from '../../support/in-memory-ledger.ts';
import { ledgerEvent, ledgerEventsOf } from '../../support/ledger-events.ts';

function makeBooking() {
  const ledger = new InMemoryLedger();
  return { ledger, book: booking({ ledger }) };
}

const bookedBefore = { outcome: 'booked_before' };

describe('booking', () => {
  it('books events in sequence', async () => {
    const { ledger, book } = makeBooking();

    for (const event of ledgerEventsOf('1', 4))
      expect(await book(event)).toMatchObject({ outcome: 'booked' });

    expect(ledger.placesOf('1')).toEqual([1, 2, 3, 4]);
  });

  it('books none twice, though it comes for another request and with its fields in another order', async () => {
    const { ledger, book } = makeBooking();
    await book(ledgerEvent('1', 1));

    const { order_id, ...rest } = ledgerEvent('1', 1);
    const again = { ...rest, correlation_id: 'another', order_id } as ReturnType<typeof ledgerEvent>;

    expect(await book(again)).toMatchObject(bookedBefore);
    expect(ledger.placesOf('1')).toEqual([1]);
  });

  it('books none twice, though its card token was encrypted anew', async () => {
    const { book } = makeBooking();
    const withToken = (ciphertext: string) =>
      ({ ...ledgerEvent('1', 1), card_token: { ciphertext } }) as ReturnType<typeof ledgerEvent>;
    await book(withToken('AgR4abcd'));

    expect(await book(withToken('AgR4efgh'))).toMatchObject(bookedBefore);
  });

  it('fails until later on a gap, and says what is missing', async () => {
    const { ledger, book } = makeBooking();
    await book(ledgerEvent('1', 1));

    const early = book(ledgerEvent('1', 3));

    await expect(early).rejects.toThrow(SequenceGapError);
    await expect(early).rejects.toThrow('Event 3 of order 1 came before event 2.');
    expect(ledger.placesOf('1')).toEqual([1]);
  });

  it('fails for good when two different events claim one place', async () => {
    const { ledger, book } = makeBooking();
    await book(ledgerEvent('1', 1));
    await book(ledgerEvent('1', 2));

    const other = book({
      ...ledgerEvent('1', 3),
      sequence: 2,
      event_type: 'payment_received',
      amount_minor: 1,
    } as never);

    await expect(other).rejects.toThrow(SequenceConflictError);
    await expect(other).rejects.toThrow(/Event 2 of order 1 was booked before, and was another/);
    expect(ledger.placesOf('1')).toEqual([1, 2]);
  });

  it('fails for good on what cannot be first', async () => {
    const error = await makeBooking()
      .book({ ...ledgerEvent('1', 2), sequence: 1 })
      .catch((thrown: unknown) => thrown);

    expect(failureKind(error)).toBe('permanent');
  });

  it('looks again when another delivery of the event was quicker', async () => {
    const { ledger, book } = makeBooking();
    await book(ledgerEvent('1', 1));
    let quicker = true;
    ledger.beforeWrite = async () => {
      if (!quicker) return;
      quicker = false;
      await book(ledgerEvent('1', 2));
      throw new ConflictError('changed');
    };

    expect(await book(ledgerEvent('1', 2))).toMatchObject(bookedBefore);
    expect(ledger.placesOf('1')).toEqual([1, 2]);
  });
});
