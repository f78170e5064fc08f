import { type AlarmQuery, compileQuery, type SampleSource } from '../alarms/alarm-query.ts';
import { type AlarmRule, type AlarmSpec, type AlarmState, readAlarmRule } from '../alarms/alarm-spec.ts';
import { evaluationRange, judge } from '../alarms/alarm-verdict.ts';

/** An alarm that is evaluated every minute, over whole minutes. */
export class SimulatedAlarm {
  readonly #rule: AlarmRule;
  readonly #query: AlarmQuery;
  readonly #source: SampleSource;
  #state: AlarmState = 'INSUFFICIENT_DATA';
  #newest: number | undefined;

  /** @throws UnevaluableAlarm saying what is not evaluated here. */
  constructor(spec: AlarmSpec, source: SampleSource) {
    this.#rule = readAlarmRule(spec);
    this.#query = compileQuery(spec);
    this.#source = source;
  }

  get threshold(): number {
    return this.#rule.threshold;
  }

  get isOn(): boolean {
    return this.#state === 'ALARM';
  }

  /** Value of the newest period that has one. */
  get newest(): number | undefined {
    return this.#newest;
  }

  /** @param end until when, in seconds, there is data. */
  evaluate(end: number): void {
    const periodMs = this.#query.periodSeconds * 1_000;
    const periods = evaluationRange(this.#rule);
    const starts = Array.from({ length: periods }, (_, index) => end * 1_000 - (periods - index) * periodMs);
    const values = this.#query.read(this.#source, starts, periodMs);
    const range = starts.map((timestamp, index) => ({ timestamp, value: values[index] }));
    this.#state = judge(this.#rule, range).state ?? this.#state;
    this.#newest = values.findLast(value => value !== undefined);
  }
}
