import { type Charge, traffic } from '../charge.ts';
import { assumptions, daysPerMonth } from '../settings.ts';

const gigabyte = 1_024 ** 3;
/** A log that is kept for ever is counted as what a year leaves of it. */
const daysOfYear = 365;

/** A month's logs, written and kept for as long as their group says. */
export function logCharges(bytes: number, retentionInDays: unknown): readonly Charge[] {
  const gigabytes = bytes / gigabyte;
  const months = Number(retentionInDays ?? daysOfYear) / daysPerMonth;
  return [
    traffic('logs-ingestion', gigabytes),
    traffic('logs-storage', gigabytes * assumptions.logCompression * months),
  ];
}
