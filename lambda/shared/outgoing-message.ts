import { payloadSizeAttribute } from '../../contracts/claim-check.ts';
import type { EncodedEvent } from '../../contracts/events.ts';
import type { ClaimCheck } from './claim-check.ts';
import { EventTooLargeError } from './failures.ts';

/** What carries a message, and how much it takes. */
export interface Carrier {
  /** `SNS` or `SQS`. */
  readonly service: string;

  /** Largest message, body and attributes together. */
  readonly maxBytes: number;

  /** Where the body of a larger message goes. @default - a larger message is refused */
  readonly claimCheck?: Pick<ClaimCheck, 'deposit'> | undefined;
}

/** A message's attribute, as SNS and SQS take it. */
export interface OutgoingAttribute {
  readonly DataType: 'String' | 'Number';
  readonly StringValue: string;
}

/** A message that its carrier takes. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, OutgoingAttribute>>;
}

/**
 * Makes a message fit its carrier: the body of one that is too large goes to the claim check. Its attributes
 * stay, since filters match on them; and so do its texts for subscribers other than queues, who read no bucket.
 *
 * @param about names the message for people: `The order_placed event`.
 * @throws EventTooLargeError when it does not fit; before anything is sent.
 * @throws DependencyDownError when the claim check cannot store the body now.
 */
export async function fitted(
  about: string,
  { body, attributes: values, texts }: Pick<EncodedEvent, 'body' | 'attributes' | 'texts'>,
  { service, maxBytes, claimCheck }: Carrier,
): Promise<OutgoingMessage> {
  const attributes = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: value } as const,
    ]),
  );
  // All texts travel in one message, which is what counts.
  const carried = (queueText: string) =>
    texts === undefined ? queueText : JSON.stringify({ ...texts, sqs: queueText });
  const whole = { body: carried(body), attributes };
  const bytes = messageBytes(whole);
  if (bytes <= maxBytes) return whole;
  if (!claimCheck) {
    throw new EventTooLargeError(
      `${about} is ${bytes} bytes with its attributes; ${service} takes ${maxBytes}. Give its sender a claim check, ` +
        'and its stack a PayloadBucket: see docs/claim-check.md.',
    );
  }
  const claim = await claimCheck.deposit(body);
  const pointing = {
    body: carried(claim.body),
    attributes: {
      ...attributes,
      [payloadSizeAttribute]: { DataType: 'Number', StringValue: String(claim.payloadBytes) } as const,
    },
  };
  const pointingBytes = messageBytes(pointing);
  if (pointingBytes > maxBytes) {
    throw new EventTooLargeError(
      `${about} is ${pointingBytes} bytes with a pointer in place of its body; ${service} takes ${maxBytes}. ` +
        'Shorten its texts for subscribers other than queues, or its attributes.',
    );
  }
  return pointing;
}

/**
 * Size of a message as SNS and SQS count it: body, and name, type and value of each attribute.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_MessageAttributeValue.html
 */
export function messageBytes({ body, attributes }: OutgoingMessage): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue }]) => sum + Buffer.byteLength(name + DataType + StringValue),
    Buffer.byteLength(body),
  );
}
