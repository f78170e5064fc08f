import type { StateChange } from './alarm-notification.ts';
import type { ActingAlarm, AlarmState } from './alarm-spec.ts';
import { alarmsIn, type CompositeRule, parseCompositeRule, ruleHolds } from './composite-rule.ts';

/** A composite alarm as the template declares it. */
export interface CompositeSpec extends ActingAlarm {
  /** `ALARM("…") OR ALARM("…")`: alarms by their names or ARNs. */
  readonly rule: string;
  /** @default none */
  readonly suppressor?: {
    /** Name or ARN of the alarm that keeps this one from acting while it is on. */
    readonly alarm: string;
    /** How long this alarm waits for the suppressor to go off. */
    readonly waitSeconds: number;
    /** How long this alarm waits after the suppressor is over. */
    readonly extensionSeconds: number;
  };
}

/** An alarm that a rule names, at one moment. */
export interface ChildAlarm {
  readonly arn: string;
  readonly state: AlarmState;
  /** When it came into that state. */
  readonly since: Date;
}

/** Finds an alarm by its name or ARN. */
export type FindAlarm = (alarm: string) => ChildAlarm | undefined;

/** A composite alarm changed its state, and these alarms made it do so. */
export interface CompositeChange extends StateChange {
  readonly children: readonly ChildAlarm[];
}

/**
 * A composite alarm: its state, and which of its changes are acted on.
 *
 * A change that is suppressed is acted on when the suppression ends, unless the alarm is by then in the state that
 * it acted on last.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html
 */
export class CompositeAlarm {
  readonly spec: CompositeSpec;
  readonly #rule: CompositeRule;
  readonly #compression: number;
  #state: AlarmState = 'INSUFFICIENT_DATA';
  #since: Date;
  #actedOn: AlarmState = 'INSUFFICIENT_DATA';
  #pending: CompositeChange | undefined;
  #isSuppressing = false;
  #suppressedUntil = Number.NEGATIVE_INFINITY;

  /**
   * @param compression how much shorter waiting and extension are than declared.
   * @throws UnevaluableAlarm when its rule cannot be read.
   */
  constructor(spec: CompositeSpec, compression: number, now: Date) {
    this.spec = spec;
    this.#rule = parseCompositeRule(spec.rule);
    this.#compression = compression;
    this.#since = now;
  }

  get state(): AlarmState {
    return this.#state;
  }

  /** When it came into its state. */
  get since(): Date {
    return this.#since;
  }

  /** Judges the rule anew; the change of state, where there is one. */
  judge(find: FindAlarm, now: Date): CompositeChange | undefined {
    const holds = ruleHolds(this.#rule, alarm => find(alarm)?.state ?? 'INSUFFICIENT_DATA');
    const newState = holds ? 'ALARM' : 'OK';
    const oldState = this.#state;
    if (newState === oldState) return undefined;
    this.#state = newState;
    this.#since = now;
    const children = this.#causes(find, newState);
    const [cause] = children;
    const reason = cause
      ? `${cause.arn} transitioned to ${cause.state} at ${inWords(cause.since)}`
      : `${this.spec.rule} is ${holds ? 'TRUE' : 'FALSE'}`;
    this.#pending = { oldState, newState, reason, at: now, children };
    if (newState === 'ALARM') this.#suppressFor(this.spec.suppressor?.waitSeconds, now);
    return this.#pending;
  }

  /** The change to act on now: it may have been made a while ago. Asked after all alarms are judged. */
  due(find: FindAlarm, now: Date): CompositeChange | undefined {
    const { suppressor } = this.spec;
    const isSuppressing = suppressor !== undefined && find(suppressor.alarm)?.state === 'ALARM';
    if (this.#isSuppressing && !isSuppressing) {
      this.#suppressedUntil = Number.NEGATIVE_INFINITY;
      this.#suppressFor(suppressor?.extensionSeconds, now);
    }
    this.#isSuppressing = isSuppressing;
    if (isSuppressing || now.getTime() < this.#suppressedUntil) return undefined;
    const change = this.#pending;
    this.#pending = undefined;
    if (change === undefined || change.newState === this.#actedOn) return undefined;
    this.#actedOn = change.newState;
    return change;
  }

  #suppressFor(seconds: number | undefined, now: Date): void {
    if (seconds === undefined) return;
    const until = now.getTime() + (seconds * 1_000) / this.#compression;
    this.#suppressedUntil = Math.max(this.#suppressedUntil, until);
  }

  /** The alarms that are in ALARM, or, when it is over, the one that ended last. */
  #causes(find: FindAlarm, newState: AlarmState): ChildAlarm[] {
    const children = alarmsIn(this.#rule)
      .flatMap(alarm => find(alarm) ?? [])
      .sort((one, other) => other.since.getTime() - one.since.getTime());
    return newState === 'ALARM' ? children.filter(({ state }) => state === 'ALARM') : children.slice(0, 1);
  }
}

/** `Wednesday 10 November, 2021 02:45:55 UTC`, as CloudWatch has it in reasons. */
function inWords(date: Date): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    date.toLocaleString('en', { timeZone: 'UTC', ...options });
  const day = String(date.getUTCDate()).padStart(2, '0');
  const time = date.toISOString().slice(11, 19);
  return `${part({ weekday: 'long' })} ${day} ${part({ month: 'long' })}, ${date.getUTCFullYear()} ${time} UTC`;
}
