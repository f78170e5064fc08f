/** Why a job failed: it can never succeed, it may at a later try, or nobody foresaw it. */
export type FailureKind = 'permanent' | 'passing' | 'unexpected';

/** What no retry mends: the message goes to the DLQ by the queue's `maxReceiveCount`. */
export abstract class PermanentFailure extends Error {}

/** What a later try may mend. */
export abstract class PassingFailure extends Error {}

/** The body is not JSON, or not a job of this kind. */
export class BadMessageError extends PermanentFailure {
  override readonly name = 'BadMessageError';
}

/** The job can never be done, whatever its message looks like: its picture is broken, its object too large. */
export class ImpossibleJobError extends PermanentFailure {
  override readonly name = 'ImpossibleJobError';
}

/** Something that the job depends on does not answer, or answers that it cannot now. */
export class DependencyDownError extends PassingFailure {
  override readonly name = 'DependencyDownError';
}

/** The job took longer than it may. */
export class JobTimeoutError extends PassingFailure {
  override readonly name = 'JobTimeoutError';
}

export function failureKind(error: unknown): FailureKind {
  if (error instanceof PermanentFailure) return 'permanent';
  return error instanceof PassingFailure ? 'passing' : 'unexpected';
}

/** An error from anything thrown. */
export function errorFrom(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`Not an Error was thrown: ${String(thrown)}`);
}
