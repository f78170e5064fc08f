import * as v from 'valibot';
import { currency, decimalAmount, toMinorUnits } from '../../contracts/money.ts';
import { type FlightOffer, type FlightQuery, flightOffer } from '../../contracts/travel.ts';
import { DependencyDownError, errorFrom } from '../failures.ts';
import type { Airline } from './airline.ts';

/** Most of an answer that is read, in bytes. */
const maxAnswerBytes = 1_048_576;

/** An answer that is none: the airline's interface is not the one that is expected. */
export class AirlineAnswerError extends Error {
  override readonly name = 'AirlineAnswerError';
}

const offeredFlight = v.object({
  offer_id: flightOffer.entries.offer_id,
  outbound: flightOffer.entries.outbound,
  inbound: flightOffer.entries.inbound,
  /** For all passengers, there and back. */
  total: decimalAmount,
  currency,
});

const airlineAnswer = v.object({ offers: v.pipe(v.array(v.unknown()), v.maxLength(500)) });

/**
 * An airline over HTTP: `POST flights/offers` below its URL, with the query less the budget, which is
 * nobody's business; answered with `{"offers":[…]}`.
 *
 * An offer that is malformed, or in another currency than was asked for, is left out: the others are sound.
 */
export class HttpAirline implements Airline {
  readonly name: string;
  readonly #url: URL;

  constructor({ name, url }: { readonly name: string; readonly url: string }) {
    this.name = name;
    this.#url = new URL('flights/offers', url.endsWith('/') ? url : `${url}/`);
  }

  async offers(query: FlightQuery, _attempt: number, signal: AbortSignal): Promise<readonly FlightOffer[]> {
    const { max_total_minor: _, ...asked } = query;
    const { status, text } = await this.#post(asked, signal);
    if (status === 429 || status >= 500) {
      throw new DependencyDownError(`${this.name} answered with HTTP status ${status}.`);
    }
    const answer = v.safeParse(airlineAnswer, jsonOf(text));
    if (status < 200 || status > 299 || !answer.success) {
      throw new AirlineAnswerError(
        `${this.name} answered with HTTP status ${status} and ${answer.success ? '' : 'no '}offers. Compare AIRLINES with its interface.`,
      );
    }
    return answer.output.offers.flatMap(offer => this.#understood(offer, query));
  }

  #understood(content: unknown, query: FlightQuery): FlightOffer[] {
    const offer = v.safeParse(offeredFlight, content);
    if (!offer.success || offer.output.currency !== query.currency) return [];
    const { total, inbound, ...others } = offer.output;
    const total_minor = toMinorUnits(total, query.currency);
    if (total_minor === undefined) return [];
    return [{ airline: this.name, ...others, ...(inbound && { inbound }), total_minor }];
  }

  async #post(asked: object, signal: AbortSignal): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(asked),
        redirect: 'error',
        signal,
      });
      return { status: response.status, text: await textOf(response) };
    } catch (thrown) {
      signal.throwIfAborted();
      const error = errorFrom(thrown);
      const cause = error.cause === undefined ? '' : ` (${errorFrom(error.cause).message})`;
      throw new DependencyDownError(`${this.name} did not answer: ${error.message}${cause}`, {
        cause: error,
      });
    }
  }
}

/** @throws Error when the answer is larger than is read. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw new Error(`its answer has more than ${maxAnswerBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
