import { errorFrom } from '../failures.ts';
import { MessageGoneError } from './job-queue.ts';

export interface VisibilityLeaseOptions {
  /** Hides the message for so many seconds more. */
  readonly hide: (seconds: number) => Promise<void>;
  readonly visibilitySeconds: number;
  readonly heartbeatSeconds: number;
  /** A heartbeat failed; the message stays hidden for a while yet, and another is tried before. */
  readonly onHeartbeatFailed: (error: Error, secondsLeft: number) => void;
  /** The message is visible to others for certain; at most once. */
  readonly onLost: (error: VisibilityLostError) => void;
}

/** Another worker may have the message by now. */
export class VisibilityLostError extends Error {
  override readonly name = 'VisibilityLostError';
}

/**
 * Keeps one message hidden while its job runs.
 *
 * Extends its visibility at every heartbeat. After a failed one it tries again sooner, so that a call that
 * fails now and then costs nothing; only when the timeout has run out, or SQS says that the message is
 * somebody else's, the message counts as lost.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export class VisibilityLease {
  readonly #options: VisibilityLeaseOptions;
  #hiddenUntil = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #over = false;

  /** Made right after the message was received. */
  constructor(options: VisibilityLeaseOptions) {
    this.#options = options;
    this.#extended();
    this.#beatIn(options.heartbeatSeconds * 1_000);
  }

  /** Stops the heartbeats; when it resolves, none is on its way that could hide the message again. */
  async end(): Promise<void> {
    this.#over = true;
    clearTimeout(this.#heartbeat);
    clearTimeout(this.#expiry);
    await this.#beating;
  }

  #beatIn(milliseconds: number): void {
    this.#heartbeat = setTimeout(() => {
      this.#beating = this.#beat();
    }, milliseconds);
  }

  async #beat(): Promise<void> {
    const { hide, visibilitySeconds, heartbeatSeconds, onHeartbeatFailed } = this.#options;
    try {
      await hide(visibilitySeconds);
      if (this.#over) return;
      this.#extended();
      this.#beatIn(heartbeatSeconds * 1_000);
    } catch (thrown) {
      if (this.#over) return;
      const error = errorFrom(thrown);
      const left = Math.max(0, this.#hiddenUntil - performance.now());
      onHeartbeatFailed(error, left / 1_000);
      if (error instanceof MessageGoneError) this.#lost(error);
      else this.#beatIn(Math.min(heartbeatSeconds * 1_000, Math.max(100, left / 3)));
    }
  }

  /** The time runs from the answer on: SQS began to count before, so it is over for certain by then. */
  #extended(): void {
    const milliseconds = this.#options.visibilitySeconds * 1_000;
    this.#hiddenUntil = performance.now() + milliseconds;
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#lost(), milliseconds);
  }

  #lost(cause?: Error): void {
    this.#over = true;
    clearTimeout(this.#heartbeat);
    clearTimeout(this.#expiry);
    this.#options.onLost(
      new VisibilityLostError(
        'The message became visible to other workers while its job ran. They may do it too.',
        { cause },
      ),
    );
  }
}
