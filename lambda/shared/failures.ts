import { types } from 'node:util';

/** Why a record failed: it can never succeed, it may at a later try, or nobody foresaw it. */
export type FailureKind = 'permanent' | 'passing' | 'unexpected';

/** What no retry mends: the message waits in the DLQ until its sender, or this code, is put right. */
export abstract class PermanentFailure extends Error {}

/** What a later try may mend: the message comes back after its visibility timeout. */
export abstract class PassingFailure extends Error {}

/** The body is not JSON, or not the event that its type promises. */
export class BadMessageError extends PermanentFailure {
  override readonly name = 'BadMessageError';
}

/** An event reached a consumer that never asked for its type. */
export class UnknownEventTypeError extends PermanentFailure {
  override readonly name = 'UnknownEventTypeError';
}

/** A message is larger than its topic or queue takes, or its body than what is stored in its stead. */
export class EventTooLargeError extends PermanentFailure {
  override readonly name = 'EventTooLargeError';
}

/** A message points to a body in a bucket that is not the consumer's own. */
export class ForeignPayloadError extends PermanentFailure {
  override readonly name = 'ForeignPayloadError';
}

/** The body that a message points to is no longer there. */
export class PayloadGoneError extends PermanentFailure {
  override readonly name = 'PayloadGoneError';
}

/** Something that the function depends on does not answer, or answers that it cannot now. */
export class DependencyDownError extends PassingFailure {
  override readonly name = 'DependencyDownError';
}

/** Somebody else changed the same record first. */
export class ConflictError extends PassingFailure {
  override readonly name = 'ConflictError';
}

/** Another delivery of the same message is being worked on. */
export class WorkInProgressError extends PassingFailure {
  override readonly name = 'WorkInProgressError';
}

/** Too little of the invocation is left to start the record. */
export class OutOfTimeError extends PassingFailure {
  override readonly name = 'OutOfTimeError';
}

export function failureKind(error: unknown): FailureKind {
  if (error instanceof PermanentFailure) return 'permanent';
  return error instanceof PassingFailure ? 'passing' : 'unexpected';
}

/** An error from anything thrown. */
export function errorFrom(thrown: unknown): Error {
  // Errors of Node.js itself are no instances of this Error where the code runs in a context of its own.
  return thrown instanceof Error || types.isNativeError(thrown)
    ? thrown
    : new Error(`Not an Error was thrown: ${String(thrown)}`);
}
