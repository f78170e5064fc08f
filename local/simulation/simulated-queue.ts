import type { QueueModel } from './fleet-model.ts';
import type { Arrival } from './load.ts';
import type { Timeline } from './timeline.ts';

export interface Message {
  readonly sentAt: number;
  readonly burst: number | undefined;
  receives: number;
}

/** After so long without a call, a queue is inactive: it reports no metrics. */
const inactiveAfter = 6 * 3_600;
/** Longest that a queue takes to report again when it is used. */
const reactivation = 15 * 60;

/** A standard queue, as far as workers and metrics see it. */
export class SimulatedQueue {
  readonly #model: QueueModel;
  readonly #timeline: Timeline;
  readonly #onDone: (message: Message) => void;
  /** The oldest first; those before `#head` are gone. */
  #sent: Message[] = [];
  #head = 0;
  /** Those that came back; they are older than what was sent since. */
  readonly #returned: Message[] = [];
  readonly #inFlight = new Set<Message>();
  #lastCall = 0;
  #reportsFrom = 0;

  sent = 0;
  done = 0;
  deadLettered = 0;
  /** Receives beyond the first of each message. */
  receivedAgain = 0;

  constructor(model: QueueModel, timeline: Timeline, onDone: (message: Message) => void) {
    this.#model = model;
    this.#timeline = timeline;
    this.#onDone = onDone;
  }

  get visible(): number {
    return this.#sent.length - this.#head + this.#returned.length;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Seconds since the oldest message that is not deleted was sent; undefined when there is none. */
  get oldestAge(): number | undefined {
    let oldest = this.#sent[this.#head]?.sentAt ?? Number.POSITIVE_INFINITY;
    for (const { sentAt } of this.#returned) oldest = Math.min(oldest, sentAt);
    for (const { sentAt } of this.#inFlight) oldest = Math.min(oldest, sentAt);
    return Number.isFinite(oldest) ? this.#timeline.now - oldest : undefined;
  }

  get reports(): boolean {
    const { now } = this.#timeline;
    return now >= this.#reportsFrom && (this.#isHeld || now - this.#lastCall < inactiveAfter);
  }

  get #isHeld(): boolean {
    return this.visible + this.inFlight > 0;
  }

  send({ burst }: Arrival): void {
    this.called();
    this.sent += 1;
    this.#sent.push({ sentAt: this.#timeline.now, burst, receives: 0 });
  }

  /** Somebody called the queue, if only to learn that it is empty. */
  called(): void {
    const { now } = this.#timeline;
    if (!this.#isHeld && now - this.#lastCall >= inactiveAfter) this.#reportsFrom = now + reactivation;
    this.#lastCall = now;
  }

  receive(): Message | undefined {
    const message = this.#returned.shift() ?? this.#sent[this.#head];
    if (message === undefined) return undefined;
    this.called();
    if (message.receives === 0) this.#head += 1;
    // What is gone is cut off now and then: each time would move all the others.
    if (this.#head > 1_024 && this.#head * 2 > this.#sent.length) {
      this.#sent = this.#sent.slice(this.#head);
      this.#head = 0;
    }
    if (message.receives > 0) this.receivedAgain += 1;
    message.receives += 1;
    this.#inFlight.add(message);
    return message;
  }

  delete(message: Message): void {
    this.called();
    this.#inFlight.delete(message);
    this.done += 1;
    this.#onDone(message);
  }

  /** A message becomes visible again, at once or when its visibility timeout is over. */
  comesBack(message: Message, when: 'now' | 'afterTimeout', onVisible: () => void): void {
    this.#timeline.after(when === 'now' ? 0 : this.#model.visibilityTimeout, () => {
      this.#inFlight.delete(message);
      if (message.receives >= (this.#model.maxReceiveCount ?? Number.POSITIVE_INFINITY)) {
        this.deadLettered += 1;
        return;
      }
      this.#returned.push(message);
      onVisible();
    });
  }
}
