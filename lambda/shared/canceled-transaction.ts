import * as v from 'valibot';
import { dependencyFailure } from './dependency.ts';
import { DependencyDownError, errorFrom } from './failures.ts';

const cancellationReason = v.object({
  /** `None` where the request was all right. */
  Code: v.optional(v.string()),
  /** What was there, by attribute and type, where a request asks for that when its condition fails. */
  Item: v.optional(v.record(v.string(), v.record(v.string(), v.unknown()))),
});

const cancellation = v.object({
  name: v.literal('TransactionCanceledException'),
  CancellationReasons: v.array(cancellationReason),
});

export type CancellationReason = v.InferOutput<typeof cancellationReason>;

const throttled = new Set(['ProvisionedThroughputExceeded', 'ThrottlingError']);

/**
 * Why DynamoDB canceled a transaction, request by request.
 *
 * @throws what {@link dependencyFailure} makes of anything else that was thrown.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export function cancellationReasons(thrown: unknown): readonly CancellationReason[] {
  const parsed = v.safeParse(cancellation, thrown);
  if (!parsed.success) throw dependencyFailure('DynamoDB', thrown);
  return parsed.output.CancellationReasons;
}

/**
 * What to throw for a transaction that was canceled, and not for a condition or a conflict.
 *
 * @param about names it for people: `order 12345`.
 */
export function cancellationFailure(
  about: string,
  reasons: readonly CancellationReason[],
  thrown: unknown,
): Error {
  const error = errorFrom(thrown);
  if (!reasons.some(({ Code = '' }) => throttled.has(Code))) return error;
  return new DependencyDownError(
    `DynamoDB throttled the transaction of ${about}: ${error.message}. It is safe to try again.`,
    { cause: error },
  );
}
