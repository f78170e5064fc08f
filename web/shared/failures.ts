import { types } from 'node:util';

/** Something that the server depends on does not answer, or answers that it cannot now. */
export class DependencyDownError extends Error {
  override readonly name = 'DependencyDownError';
}

/** An error from anything thrown. */
export function errorFrom(thrown: unknown): Error {
  // Errors of Node.js itself are no instances of this Error where the code runs in a context of its own.
  return thrown instanceof Error || types.isNativeError(thrown)
    ? thrown
    : new Error(`Not an Error was thrown: ${String(thrown)}`);
}
