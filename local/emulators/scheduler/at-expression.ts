const FORM = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/;

/**
 * The moment that `at(2026-11-26T14:31:00)` names in a time zone.
 *
 * @returns undefined for what is no such expression, or no such zone.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#one-time
 */
export function momentOf(expression: string, timeZone: string): Date | undefined {
  const text = FORM.exec(expression)?.[1];
  if (text === undefined) return undefined;
  const asUtc = Date.parse(`${text}Z`);
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, text.length) !== text) return undefined;
  try {
    // The offset at the moment as if it were UTC is that of the moment but within hours of a change of it.
    const guess = asUtc - offsetAt(asUtc, timeZone);
    return new Date(asUtc - offsetAt(guess, timeZone));
  } catch {
    return undefined;
  }
}

/**
 * How far a zone's clocks are ahead of UTC, in milliseconds.
 *
 * @throws RangeError where there is no such zone.
 */
function offsetAt(moment: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(moment);
  const of = (type: string) => Number(parts.find(part => part.type === type)?.value);
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(moment / 1_000) * 1_000;
}
