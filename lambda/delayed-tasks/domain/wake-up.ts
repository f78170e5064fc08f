/** What a task is woken up by, and when. */
export type WakeUp =
  | { readonly by: 'timer'; readonly delaySeconds: number }
  | { readonly by: 'schedule'; readonly at: Date };

export interface WakeUpLimits {
  /** Longest delay of a message's own, in seconds. */
  readonly longestTimerSeconds: number;
  /** Schedules invoke some time within a step that begins when they say, in seconds. */
  readonly scheduleStepSeconds: number;
  /** How long the queue delays what a schedule sends, which cannot say otherwise. */
  readonly queueDelaySeconds: number;
}

/**
 * What wakes a task up that is due at a time: the timer of a message as long as it reaches, then a schedule.
 *
 * Neither is early: a timer is rounded up to seconds, a schedule to steps. A time that has passed is now.
 */
export function wakeUpFor(dueAt: Date, now: Date, limits: WakeUpLimits): WakeUp {
  const delaySeconds = Math.max(0, Math.ceil((dueAt.getTime() - now.getTime()) / 1_000));
  if (delaySeconds <= limits.longestTimerSeconds) return { by: 'timer', delaySeconds };
  const stepMs = limits.scheduleStepSeconds * 1_000;
  const step = (ms: number) => Math.ceil(ms / stepMs) * stepMs;
  // A step ahead at least: a schedule for a time that has passed is refused.
  const earliest = step(now.getTime() + stepMs);
  return {
    by: 'schedule',
    at: new Date(Math.max(earliest, step(dueAt.getTime() - limits.queueDelaySeconds * 1_000))),
  };
}
