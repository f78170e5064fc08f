/** Something wrong with a request, in the client's words. */
export interface RequestFault {
  /** Where it is: `budget.amount`, `body` for the whole. */
  readonly field: string;
  readonly message: string;
}

export interface HttpErrorOptions {
  readonly faults?: readonly RequestFault[];
  /** Seconds after which it is worth trying again. */
  readonly retryAfterSeconds?: number;
  /** Further fields of the body. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A request that is answered with an error; its message is for the client. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** The error in a word, for programs: `search_timed_out`. */
  readonly code: string;
  readonly faults: readonly RequestFault[];
  readonly retryAfterSeconds: number | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, message: string, options: HttpErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.status = status;
    this.code = code;
    this.faults = options.faults ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details ?? {};
  }

  /** The body of the answer. */
  get content(): object {
    return {
      error: this.code,
      message: this.message,
      ...(this.faults.length > 0 && { faults: this.faults }),
      ...this.details,
    };
  }
}
