import * as v from 'valibot';

/**
 * Text of one line, up to 200 characters. U+FFFE and U+FFFF are no characters: SNS and SQS refuse a message
 * that holds one.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const shortText = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(200),
  v.check(
    text => !/[\p{Cc}\ufffe\uffff]/u.test(text),
    'Invalid text: expected one line without control characters',
  ),
);

/** A moment in UTC, as ISO 8601 has it. */
export const timestamp = v.pipe(v.string(), v.isoTimestamp());
