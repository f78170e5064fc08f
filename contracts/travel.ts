import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { required } from './environment.ts';
import { currency, decimalAmount, minorUnits, toMinorUnits } from './money.ts';
import { replyAddress } from './replies.ts';
import type { JobContract } from './worker.ts';

/** Shortest and longest time that a search may be given, and that of one which says nothing, in milliseconds. */
export const searchTime = { least: 1_000, most: 20_000, usual: 8_000 } as const;

/** Most offers of an answer: the cheapest. */
export const maxOffers = 20;

/** How long an answer can be had again under its search's id, in seconds; airlines hold no price longer. */
export const answerValidSeconds = 900;

export const searchId = v.pipe(
  v.string(),
  v.regex(/^[\w-]{8,64}$/, 'Invalid search id: expected 8 to 64 letters, digits, hyphens or underscores'),
);

const airport = v.pipe(
  v.string(),
  v.regex(/^[A-Z]{3}$/, 'Invalid airport: expected the three capital letters of its IATA code'),
);
const date = v.pipe(v.string(), v.isoDate('Invalid date: expected a day such as 2027-03-14'));
const timestamp = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Name of an airline in messages, logs and metrics. */
export const airlineName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,31}$/, 'expected a kebab-case name of up to 32 characters'),
);

/** What is asked of airlines. */
export const flightQuery = v.object({
  origin: airport,
  destination: airport,
  depart_on: date,
  /** Without it, one way. */
  return_on: v.optional(date),
  passengers: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9)),
  cabin: v.picklist(['economy', 'premium_economy', 'business', 'first']),
  /** What all passengers together may cost, there and back. */
  max_total_minor: minorUnits,
  currency,
});

export type FlightQuery = v.InferOutput<typeof flightQuery>;

/**
 * What a client posts to search for flights. The search id is the client's: whoever posts the same search
 * again, to whichever server, gets the answer that there is.
 */
export const postedSearch = v.pipe(
  v.object({
    search_id: searchId,
    origin: airport,
    destination: airport,
    depart_on: date,
    return_on: v.optional(date),
    passengers: v.optional(flightQuery.entries.passengers, 1),
    cabin: v.optional(flightQuery.entries.cabin, 'economy'),
    budget: v.pipe(
      v.object({ amount: decimalAmount, currency }),
      v.check(
        budget => toMinorUnits(budget.amount, budget.currency) !== undefined,
        'Invalid budget: its amount has more decimals than its currency',
      ),
    ),
    /** How long the client waits for offers, in milliseconds. */
    within_ms: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(searchTime.least), v.maxValue(searchTime.most)),
      searchTime.usual,
    ),
  }),
  v.forward(
    v.partialCheck(
      [['origin'], ['destination']],
      ({ origin, destination }) => origin !== destination,
      'Invalid destination: it is where the flight begins',
    ),
    ['destination'],
  ),
  v.forward(
    v.partialCheck(
      [['depart_on'], ['return_on']],
      ({ depart_on, return_on }) => return_on === undefined || return_on >= depart_on,
      'Invalid return_on: it is before depart_on',
    ),
    ['return_on'],
  ),
  v.transform(({ search_id, within_ms, budget, ...query }): PostedSearch => {
    const max_total_minor = toMinorUnits(budget.amount, budget.currency) as number;
    return { search_id, within_ms, query: { ...query, max_total_minor, currency: budget.currency } };
  }),
);

/** A search as it comes from a client. */
export interface PostedSearch {
  readonly search_id: string;
  readonly within_ms: number;
  readonly query: FlightQuery;
}

const leg = v.object({
  flight: v.pipe(v.string(), v.regex(/^[A-Z0-9]{2,3} ?\d{1,4}$/)),
  departs_at: timestamp,
  arrives_at: timestamp,
  stops: count,
});

/** What an airline offers, at a price for all passengers, there and back. */
export const flightOffer = v.object({
  airline: airlineName,
  offer_id: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  outbound: leg,
  inbound: v.optional(leg),
  total_minor: minorUnits,
  currency,
});

export type FlightOffer = v.InferOutput<typeof flightOffer>;

/** What came of asking one airline. */
export const airlineReport = v.object({
  airline: airlineName,
  status: v.picklist(['answered', 'late', 'failed']),
  /** Offers within the budget. */
  offers: count,
  /** 2 where a second try was made because the first was slow or failed. */
  tries: count,
  took_ms: count,
});

export type AirlineReport = v.InferOutput<typeof airlineReport>;

/** What a search came to. */
export const searchAnswer = v.object({
  search_id: searchId,
  /** Whether every airline answered, some, or none. */
  status: v.picklist(['complete', 'partial', 'unanswered']),
  /** The best within the budget, cheapest first. */
  offers: v.pipe(v.array(flightOffer), v.maxLength(maxOffers)),
  airlines: v.array(airlineReport),
  answered_at: timestamp,
  /** Until when the answer can be had again. */
  valid_until: timestamp,
});

export type SearchAnswer = v.InferOutput<typeof searchAnswer>;

/** An answer as an item of the table of answers, under its {@link answerKey}. */
export const keptAnswer = v.object({
  answer: v.pipe(v.string(), v.parseJson(undefined, 'expected JSON'), searchAnswer),
  /** Seconds since 1970. */
  expires_at: v.number(),
});

const searchFlights = v.object({
  search_id: searchId,
  query: flightQuery,
  /** When whoever asked stops waiting. */
  answer_by: timestamp,
  reply_to: replyAddress,
});

/** A request for offers, as the request queue carries it. */
export type SearchFlights = v.InferOutput<typeof searchFlights>;

/**
 * Key of a search's answer: of its id and of what is asked, so that an id which is used for another
 * question never gets the answer to the first.
 */
export function answerKey({ search_id, query }: Pick<SearchFlights, 'search_id' | 'query'>): string {
  const sorted = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
  return `SEARCH#${search_id}#${digest}`;
}

/** How a simulated airline behaves; the same query gets the same offers each time. */
const simulation = v.object({
  /** How long an answer takes, in milliseconds. */
  usual_ms: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(60_000)), 400),
  /** Share of the tries, from 0 to 1, that take ten times as long. */
  slow_share: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.05),
  /** Share of the tries, from 0 to 1, that fail. */
  fail_share: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0),
});

/** An airline to ask. */
export const airlineSetting = v.object({
  name: airlineName,
  /** Where it answers `POST flights/offers`; without it, it is simulated. */
  url: v.optional(v.pipe(v.string(), v.url())),
  /** What it takes to answer as long as nothing was measured, in milliseconds. */
  usual_ms: v.optional(v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(20_000)), 800),
  simulation: v.optional(simulation, {}),
});

export type AirlineSetting = v.InferOutput<typeof airlineSetting>;

/** The airlines to ask, as JSON. */
export const airlineSettings = v.pipe(
  v.string(),
  v.parseJson(undefined, 'expected JSON'),
  v.array(airlineSetting),
  v.minLength(1, 'expected one airline or more'),
  v.maxLength(20, 'expected up to 20 airlines'),
  v.check(
    airlines => new Set(airlines.map(({ name }) => name)).size === airlines.length,
    'expected each airline once',
  ),
);

const searchFlightsEnvironment = v.object({
  AIRLINES: airlineSettings,
  /** Table of answers, which also has those of searches that came before. */
  ANSWERS_TABLE: required,
  /** What the URL of every reply queue begins with: nothing is sent anywhere else. */
  REPLY_QUEUE_URL_PREFIX: v.pipe(v.string(), v.url()),
});

/** Asks a worker to search for flights. */
export const searchFlightsJob: JobContract<SearchFlights, typeof searchFlightsEnvironment> = {
  kind: 'search-flights',
  message: searchFlights,
  environment: searchFlightsEnvironment,
};
