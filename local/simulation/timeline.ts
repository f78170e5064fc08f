/** Something that will happen; calling it off leaves no trace. */
export interface Appointment {
  callOff(): void;
}

interface Entry {
  readonly at: number;
  /** Of two at one time, the one that was made first happens first. */
  readonly order: number;
  happen: (() => void) | undefined;
}

/** Simulated time in seconds: what is to happen, in order. */
export class Timeline {
  #now = 0;
  #made = 0;
  /** A binary heap: each entry comes before the two at twice its place. */
  readonly #heap: Entry[] = [];

  get now(): number {
    return this.#now;
  }

  at(time: number, happen: () => void): Appointment {
    const entry: Entry = { at: Math.max(time, this.#now), order: this.#made++, happen };
    this.#push(entry);
    return {
      callOff: () => {
        entry.happen = undefined;
      },
    };
  }

  after(seconds: number, happen: () => void): Appointment {
    return this.at(this.#now + seconds, happen);
  }

  /** Lets happen whatever happens until then, and what follows from it. */
  runUntil(end: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop();
      this.#now = next.at;
      next.happen?.();
    }
    this.#now = end;
  }

  #push(entry: Entry): void {
    let place = this.#heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || isBefore(above, entry)) break;
      this.#heap[place] = above;
      place = parent;
    }
    this.#heap[place] = entry;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      const [left, right] = [this.#heap[child], this.#heap[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) child += 1;
      const below = this.#heap[child];
      if (below === undefined || isBefore(last, below)) break;
      this.#heap[place] = below;
      place = child;
    }
    this.#heap[place] = last;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
