/** What is known of a reply queue. */
export interface ReplyQueueSigns {
  readonly createdAt: Date;
  /** Last sign of life of its owner; undefined where there is none, or none that can be read. */
  readonly aliveAt: Date | undefined;
}

/** Clocks differ a little: a sign from a later time than this is none. */
const clockDifferenceMs = 300_000;

/** For how long a reply queue's owner has been silent, in milliseconds: 0 or more. */
export function silenceOf({ createdAt, aliveAt }: ReplyQueueSigns, now: Date): number {
  const latest = now.getTime() + clockDifferenceMs;
  const alive = aliveAt !== undefined && aliveAt.getTime() <= latest ? aliveAt.getTime() : 0;
  return Math.max(0, now.getTime() - Math.max(createdAt.getTime(), alive));
}

/** Whether nobody takes replies from a queue any more: its owner has been silent for longer than it would. */
export function isOrphan(signs: ReplyQueueSigns, now: Date, orphanedAfterMs: number): boolean {
  return silenceOf(signs, now) > orphanedAfterMs;
}
