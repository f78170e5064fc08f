/** The command line cannot be understood, or asks for what is not allowed: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood and could not be carried out: exit code 1. */
export class CommandFailure extends Error {
  override readonly name: string = 'CommandFailure';
}

/** AWS asks for fewer requests; the same request may succeed a little later. */
export class ThrottledError extends CommandFailure {
  override readonly name = 'ThrottledError';
}
