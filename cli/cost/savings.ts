import { type EstimateOptions, estimate } from './estimate.ts';
import type { Overrides } from './settings.ts';

/** What one of the settings saves: what the month would cost without it, beside what it costs. */
export interface Saving {
  readonly by: string;
  /** Of the requests that it bears on, how many there would be for each that there is. */
  readonly ratio: number;
  readonly dollars: number;
}

interface Setting {
  readonly by: string;
  readonly without: Overrides;
  /** Prices of the requests that it bears on. */
  readonly prices: readonly string[];
}

const settings: readonly Setting[] = [
  {
    by: 'batches (against one message an invocation)',
    without: { batchSize: 1 },
    prices: ['sqs-standard', 'sqs-fifo', 'lambda-request'],
  },
  {
    by: 'long polling (against asking once a second)',
    without: { waitSeconds: 0 },
    prices: ['sqs-standard', 'sqs-fifo'],
  },
  {
    by: 'reuse of data keys (against a key a minute)',
    without: { dataKeyReuseSeconds: 60 },
    prices: ['kms-request'],
  },
];

/** What batches, long polling and reused data keys save in a month, at list prices. */
export function savings(options: Omit<EstimateOptions, 'overrides' | 'freeTier'>): readonly Saving[] {
  const asItIs = estimate(options);
  return settings.flatMap(({ by, without, prices }) => {
    const otherwise = estimate({ ...options, overrides: without });
    const requests = (lines: typeof asItIs.lines) =>
      lines.filter(({ price }) => prices.includes(price)).reduce((sum, { quantity }) => sum + quantity, 0);
    const now = requests(asItIs.lines);
    if (now === 0) return [];
    return [{ by, ratio: requests(otherwise.lines) / now, dollars: otherwise.total - asItIs.total }];
  });
}
