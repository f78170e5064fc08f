interface Applicant {
  readonly groups: ReadonlySet<string>;
  admit(): void;
}

/**
 * Keeps batches that share a FIFO message group from running at once, in the order in which they came.
 *
 * SQS itself withholds a group that is in hand, but hands it out again when the visibility timeout ends
 * before the batch does.
 */
export class MessageGroupGate {
  readonly #inside = new Set<string>();
  readonly #applicants: Applicant[] = [];

  /** Waits until none of the groups is in hand, takes them, and returns what gives them back. */
  async enter(groupIds: Iterable<string>): Promise<() => void> {
    const groups = new Set(groupIds);
    await new Promise<void>(resolve => {
      this.#applicants.push({ groups, admit: resolve });
      this.#admit();
    });
    return () => {
      for (const group of groups) this.#inside.delete(group);
      this.#admit();
    };
  }

  #admit(): void {
    // Groups that an earlier applicant still waits for are not free for a later one.
    const claimed = new Set(this.#inside);
    for (const applicant of [...this.#applicants]) {
      const free = ![...applicant.groups].some(group => claimed.has(group));
      for (const group of applicant.groups) claimed.add(group);
      if (!free) continue;
      for (const group of applicant.groups) this.#inside.add(group);
      this.#applicants.splice(this.#applicants.indexOf(applicant), 1);
      applicant.admit();
    }
  }
}
