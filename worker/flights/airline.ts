import type { FlightOffer, FlightQuery } from '../../contracts/travel.ts';

/** An airline that can be asked for offers. */
export interface Airline {
  readonly name: string;
  /**
   * Asks once, without a limit of its own.
   *
   * @param attempt 1 for the first try, 2 for the second.
   * @param signal aborted when it is no use to go on; the call then throws.
   * @throws DependencyDownError when another try may have more luck.
   */
  offers(query: FlightQuery, attempt: number, signal: AbortSignal): Promise<readonly FlightOffer[]>;
}
