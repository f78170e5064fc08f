import * as v from 'valibot';

/**
 * Text of one line, up to 200 characters. U+FFFE and U+FFFF are no characters, and half of a surrogate pair is
 * none either: SNS and SQS refuse a message that holds one.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const shortText = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(200),
  v.check(
    text => !/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text),
    'Invalid text: expected one line without control characters',
  ),
);

/** Whether there is a day such as `2026-11-26`; to the parser of dates, a 30th of February is a 2nd of March. */
export function isCalendarDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** A moment in UTC, as ISO 8601 has it. */
export const timestamp = v.pipe(v.string(), v.isoTimestamp());
