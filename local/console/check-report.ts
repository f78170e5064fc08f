import { styleText } from 'node:util';
import type { CheckSteps } from '../scenarios/scenario.ts';
import { LinesInTurn, type Turn } from './lines-in-turn.ts';

export interface StepResult {
  readonly system: string;
  readonly name: string;
  readonly passed: boolean;
  readonly milliseconds: number;
  readonly detail?: string;
  readonly error?: string;
}

/** A step did not hold, so the ones after it are not run. */
class StepFailed extends Error {}

/** What checks of systems come to, system by system, although several are checked at a time. */
export class CheckReport {
  readonly #lines: LinesInTurn;
  readonly #parts: SystemCheck[] = [];

  /** @param print takes a line for a person. */
  constructor(print: (line: string) => void) {
    this.#lines = new LinesInTurn(print);
  }

  /** The part of one system; they are told of in the order in which they are asked for. */
  part(system: string): SystemCheck {
    const part = new SystemCheck(system, this.#lines.turn());
    this.#parts.push(part);
    return part;
  }

  get results(): readonly StepResult[] {
    return this.#parts.flatMap(({ results }) => results);
  }

  /** Systems that this machine cannot run. */
  get notRun(): readonly string[] {
    return this.#parts.filter(({ isLeftOut }) => isLeftOut).map(({ system }) => system);
  }

  get passed(): boolean {
    return this.results.length + this.notRun.length > 0 && this.results.every(result => result.passed);
  }
}

/** Runs the steps of one system's check, and keeps the results. */
export class SystemCheck {
  readonly system: string;
  readonly results: StepResult[] = [];
  isLeftOut = false;
  readonly #turn: Turn;

  constructor(system: string, turn: Turn) {
    this.system = system;
    this.#turn = turn;
    turn.print(styleText('bold', system));
  }

  /** Leaves the system out, and says why. */
  leaveOut(lacking: string): void {
    this.isLeftOut = true;
    this.#turn.print(`not run: this machine lacks ${lacking}`);
    this.#turn.end();
  }

  /** Runs the check; its first failure ends it. */
  async run(check: (steps: CheckSteps) => Promise<void>): Promise<void> {
    const start = performance.now();
    try {
      await check({ step: (name, act) => this.#step(name, act) });
    } catch (error) {
      if (error instanceof StepFailed) return;
      this.#record('the check itself', start, { error: (error as Error).stack ?? String(error) });
    } finally {
      this.#turn.end();
    }
  }

  async #step(name: string, act: () => Promise<string | undefined>): Promise<void> {
    const start = performance.now();
    try {
      const detail = await act();
      this.#record(name, start, detail ? { detail } : {});
    } catch (error) {
      this.#record(name, start, { error: (error as Error).message });
      throw new StepFailed(name, { cause: error });
    }
  }

  #record(name: string, start: number, told: Pick<StepResult, 'detail' | 'error'>): void {
    const passed = told.error === undefined;
    const milliseconds = Math.round(performance.now() - start);
    this.results.push({ system: this.system, name, passed, milliseconds, ...told });
    const mark = passed ? styleText('green', '✓') : styleText('red', '✗');
    const time = `${(milliseconds / 1_000).toFixed(2)} s`.padStart(8);
    const aside = told.error ?? told.detail;
    this.#turn.print(`${mark} ${time}  ${name}${aside ? styleText('dim', ` – ${aside}`) : ''}`);
  }
}
