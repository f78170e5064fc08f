import * as v from 'valibot';
import { parseJson } from './message-body.ts';

/** An event in the envelope of SNS, as the DLQ of a subscription without raw delivery holds it. */
const envelope = v.object({ Type: v.literal('Notification'), Message: v.string() });

/** Events of SNS in the record of an invocation that failed, as an on-failure destination holds them. */
const invocationRecord = v.object({
  requestPayload: v.object({ Records: v.array(v.object({ Sns: v.object({ Message: v.string() }) })) }),
});

/**
 * The events in what a DLQ holds, whoever wrapped them: SNS, Lambda, or nobody.
 *
 * @throws BadMessageError where what is wrapped is no JSON.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function unwrapped(content: unknown): readonly unknown[] {
  const record = v.safeParse(invocationRecord, content);
  if (record.success) return record.output.requestPayload.Records.map(({ Sns }) => parseJson(Sns.Message));
  const wrapped = v.safeParse(envelope, content);
  return [wrapped.success ? parseJson(wrapped.output.Message) : content];
}
