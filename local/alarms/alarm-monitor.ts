import { EventEmitter } from 'node:events';
import type { MetricSample } from '../functions/metric-format.ts';
import {
  type AlarmNotification,
  alarmNotification,
  compositeNotification,
  type StateChange,
} from './alarm-notification.ts';
import { type AlarmQuery, compileQuery } from './alarm-query.ts';
import {
  type ActingAlarm,
  type AlarmRule,
  type AlarmSpec,
  type AlarmState,
  alarmArn,
  readAlarmRule,
  UnevaluableAlarm,
} from './alarm-spec.ts';
import { evaluationRange, judge } from './alarm-verdict.ts';
import { type ChildAlarm, CompositeAlarm, type CompositeSpec, type FindAlarm } from './composite-alarm.ts';
import { MetricStore } from './metric-store.ts';
import { stateReason } from './state-reason.ts';

/** An alarm changed its state. */
export interface AlarmStateChanged extends StateChange {
  readonly spec: ActingAlarm;
}

/** An action of an alarm was carried out, or not. */
export interface AlarmAction {
  readonly alarmName: string;
  readonly actionArn: string;
  readonly state: AlarmState;
  /** Why the action was not carried out; absent when it was. */
  readonly fault?: string;
}

/** A source of metrics could not be read; the others were. */
export interface MetricSourceFault {
  readonly error: unknown;
}

/** Events of an alarm monitor by name. */
export interface AlarmEvents {
  readonly change: [AlarmStateChanged];
  readonly action: [AlarmAction];
  readonly fault: [MetricSourceFault];
}

/** An alarm that is not evaluated locally, and why. */
export interface NotEvaluated {
  readonly alarmName: string;
  readonly reason: string;
}

/** Gives samples of what can only be looked at: the contents of queues. */
export type MetricSource = () => readonly MetricSample[] | Promise<readonly MetricSample[]>;

/** What a monitor works with. */
export interface AlarmMonitorOptions {
  /** Publishes a notification to an alarm topic. */
  publish(topicArn: string, message: string, subject: string): Promise<void>;
  /** Read twice a compressed minute. @default none */
  readonly sources?: readonly MetricSource[];
  /**
   * How much shorter periods are than declared: at 60 a minute passes in a second. Thresholds stay as they
   * are, so that counts of a period are reached by as much denser traffic, and ages in seconds not at all.
   *
   * @default 60
   */
  readonly compression?: number;
  /** Clock, in milliseconds since the epoch. @default the system's */
  readonly now?: () => number;
}

interface WatchedAlarm {
  readonly spec: AlarmSpec;
  readonly rule: AlarmRule;
  readonly query: AlarmQuery;
  readonly periodMs: number;
  state: AlarmState;
  /** When it came into that state. */
  since: Date;
  evaluatedUpTo: number;
}

/** The longest that a sample may be under way before its period is evaluated, in milliseconds. */
const GRACE_MS = 200;

/**
 * Evaluates alarms over the metrics that this machine's functions and queues give, on shortened periods.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export class AlarmMonitor {
  readonly events = new EventEmitter<AlarmEvents>();
  readonly #options: AlarmMonitorOptions;
  readonly #compression: number;
  readonly #now: () => number;
  readonly #store = new MetricStore();
  readonly #alarms: WatchedAlarm[] = [];
  readonly #composites: CompositeAlarm[] = [];
  readonly #notEvaluated: NotEvaluated[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sourcesReadAt = Number.NEGATIVE_INFINITY;
  #underway: Promise<void> | undefined;

  constructor(options: AlarmMonitorOptions) {
    this.#options = options;
    this.#compression = options.compression ?? 60;
    if (!(this.#compression > 0)) {
      throw new RangeError(
        `compression is ${options.compression}; allowed: a number above 0, 60 makes a minute a second`,
      );
    }
    this.#now = options.now ?? Date.now;
  }

  /** Alarms that were added but are not evaluated. */
  get notEvaluated(): readonly NotEvaluated[] {
    return this.#notEvaluated;
  }

  /** State of each evaluated alarm by name. */
  get states(): ReadonlyMap<string, AlarmState> {
    return new Map([...this.#alarms, ...this.#composites].map(({ spec, state }) => [spec.alarmName, state]));
  }

  /** Watches an alarm, or notes why it cannot be. */
  add(spec: AlarmSpec): void {
    this.#unlessUnevaluable(spec, () => {
      const rule = readAlarmRule(spec);
      const query = compileQuery(spec);
      const periodMs = (query.periodSeconds * 1000) / this.#compression;
      const evaluatedUpTo = Math.floor(this.#now() / periodMs) * periodMs;
      this.#store.retain(2 * evaluationRange(rule) * periodMs);
      const since = new Date(this.#now());
      this.#alarms.push({ spec, rule, query, periodMs, state: 'INSUFFICIENT_DATA', since, evaluatedUpTo });
    });
  }

  /** Watches an alarm of alarms, or notes why it cannot be. */
  addComposite(spec: CompositeSpec): void {
    this.#unlessUnevaluable(spec, () => {
      this.#composites.push(new CompositeAlarm(spec, this.#compression, new Date(this.#now())));
    });
  }

  #unlessUnevaluable({ alarmName }: ActingAlarm, watch: () => void): void {
    try {
      watch();
    } catch (error) {
      if (!(error instanceof UnevaluableAlarm)) throw error;
      this.#notEvaluated.push({ alarmName, reason: error.message });
    }
  }

  /** Takes in a value of a metric. */
  record(sample: MetricSample): void {
    this.#store.record(sample);
  }

  /** Begins to read sources and evaluate alarms as their periods end. */
  start(): void {
    const minuteMs = 60_000 / this.#compression;
    const shortest = Math.min(minuteMs, ...this.#alarms.map(({ periodMs }) => periodMs));
    this.#timer = setInterval(
      () => {
        // A round that takes long, because sources do, makes the next one late instead of running beside it.
        this.#underway ??= this.#round().finally(() => {
          this.#underway = undefined;
        });
      },
      Math.min(GRACE_MS, shortest / 2),
    );
    this.#timer.unref();
  }

  /** Ends the evaluation, after the round under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#underway;
  }

  /** Reads sources if they are due, then evaluates each alarm of which a period has ended. */
  async #round(): Promise<void> {
    const now = this.#now();
    if (now - this.#sourcesReadAt >= 30_000 / this.#compression) {
      this.#sourcesReadAt = now;
      await this.readSources();
    }
    await this.evaluate();
  }

  /** Reads every source now. */
  async readSources(): Promise<void> {
    const read = await Promise.allSettled((this.#options.sources ?? []).map(async source => source()));
    for (const outcome of read) {
      if (outcome.status === 'rejected') this.#tellFault(outcome.reason);
      else for (const sample of outcome.value) this.record(sample);
    }
  }

  /** Evaluates each alarm of which a period has ended since it was evaluated last, and then the composites. */
  async evaluate(): Promise<void> {
    const now = this.#now();
    for (const alarm of this.#alarms) {
      const grace = Math.min(GRACE_MS, alarm.periodMs / 4);
      const end = Math.floor((now - grace) / alarm.periodMs) * alarm.periodMs;
      if (end <= alarm.evaluatedUpTo) continue;
      alarm.evaluatedUpTo = end;
      await this.#evaluateAlarm(alarm, end);
    }
    await this.#evaluateComposites(new Date(now));
  }

  /** Judges each composite until none changes, since rules may name other composites; then acts. */
  async #evaluateComposites(now: Date): Promise<void> {
    const find: FindAlarm = alarm => this.#find(alarm);
    for (let round = 0; round < this.#composites.length; round += 1) {
      const changes = this.#composites.flatMap(composite => {
        const change = composite.judge(find, now);
        return change ? [{ ...change, spec: composite.spec }] : [];
      });
      for (const change of changes) this.events.emit('change', change);
      if (changes.length === 0) break;
    }
    for (const composite of this.#composites) {
      const change = composite.due(find, now);
      if (change === undefined) continue;
      await this.#act(composite.spec, change.newState, compositeNotification(composite.spec, change));
    }
  }

  #find(nameOrArn: string): ChildAlarm | undefined {
    const isNamed = ({ spec }: { readonly spec: ActingAlarm }) =>
      spec.alarmName === nameOrArn || alarmArn(spec) === nameOrArn;
    const found = this.#alarms.find(isNamed) ?? this.#composites.find(isNamed);
    return found && { arn: alarmArn(found.spec), state: found.state, since: found.since };
  }

  async #evaluateAlarm(alarm: WatchedAlarm, end: number): Promise<void> {
    const { spec, rule, query, periodMs } = alarm;
    const length = evaluationRange(rule);
    const starts = Array.from({ length }, (_, place) => end - (length - place) * periodMs);
    const values = query.read(this.#store, starts, periodMs);
    const verdict = judge(
      rule,
      starts.map((timestamp, place) => ({ timestamp, value: values[place] })),
    );
    const oldState = alarm.state;
    const newState = verdict.state ?? oldState;
    if (newState === oldState) return;
    alarm.state = newState;
    const reason = stateReason(spec, rule, verdict, newState);
    alarm.since = new Date(this.#now());
    const change: StateChange = { oldState, newState, reason, at: alarm.since };
    this.events.emit('change', { ...change, spec });
    await this.#act(spec, newState, alarmNotification(spec, rule, change));
  }

  async #act(spec: ActingAlarm, state: AlarmState, { message, subject }: AlarmNotification): Promise<void> {
    if (spec.actionsEnabled === false) return;
    const actions = {
      OK: spec.okActions,
      ALARM: spec.alarmActions,
      INSUFFICIENT_DATA: spec.insufficientDataActions,
    }[state];
    for (const actionArn of actions ?? []) {
      const fault = await this.#publish(actionArn, message, subject);
      const action = {
        alarmName: spec.alarmName,
        actionArn,
        state,
        ...(fault === undefined ? {} : { fault }),
      };
      const isHeard = this.events.emit('action', action);
      if (fault !== undefined && !isHeard) {
        process.emitWarning(`Alarm ${spec.alarmName}: action ${actionArn} was not carried out: ${fault}`);
      }
    }
  }

  #tellFault(error: unknown): void {
    if (this.events.emit('fault', { error })) return;
    process.emitWarning(`A source of metrics could not be read: ${String(error)}`);
  }

  /** @returns why it was not published */
  async #publish(actionArn: string, message: string, subject: string): Promise<string | undefined> {
    if (actionArn.split(':')[2] !== 'sns') return 'only notifications to SNS topics are carried out locally';
    try {
      await this.#options.publish(actionArn, message, subject);
      return undefined;
    } catch (error) {
      return String(error);
    }
  }
}
