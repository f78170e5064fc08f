import { deduplicationIdOfCopy, sendersAttributes } from '../../../contracts/dead-letters.ts';

/** An attribute in the form in which it was received, which is the one in which it is sent. */
export interface LetterAttribute {
  readonly DataType: string | undefined;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

/** What is sent of a message. */
export interface LetterCopy {
  readonly body: string;
  readonly attributes: Readonly<Record<string, LetterAttribute>>;
  /** Message group: of a FIFO queue, which keeps its order, or of a fair one. */
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
  /** X-Ray's, which is not one of the message attributes. */
  readonly traceHeader?: string | undefined;
}

/** A message that waits in a DLQ, and was received from there. */
export interface DeadLetter extends LetterCopy {
  readonly id: string;
  readonly receiptHandle: string;
  /** The queue whose redrive policy brought it here; none for what came any other way. */
  readonly deadLetterSourceArn?: string | undefined;
}

/** What is sent of a dead letter: all that its sender wrote. */
export function copyOf(letter: DeadLetter, { isFifo }: { readonly isFifo: boolean }): LetterCopy {
  const { body, attributes, groupId, traceHeader } = letter;
  return {
    body,
    attributes: sendersAttributes(attributes),
    ...(groupId !== undefined && { groupId }),
    ...(traceHeader !== undefined && { traceHeader }),
    // A standard queue takes no deduplication id.
    ...(isFifo && { deduplicationId: deduplicationIdOfCopy(letter) }),
  };
}

/**
 * What may be moved side by side, and within it one after the other: in a FIFO queue nothing may overtake what
 * stands before it in its group.
 */
export function lanesOf(
  letters: readonly DeadLetter[],
  { isFifo }: { readonly isFifo: boolean },
): readonly (readonly DeadLetter[])[] {
  if (!isFifo) return letters.map(letter => [letter]);
  return [...Map.groupBy(letters, ({ groupId }) => groupId).values()];
}
