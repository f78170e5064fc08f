import { styleText } from 'node:util';
import type { CheckSteps } from '../scenarios/scenario.ts';

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

/** Runs the steps of checks, tells of each as it ends, and keeps the results. */
export class CheckReport {
  readonly results: StepResult[] = [];
  /** Systems that this machine cannot run. */
  readonly notRun: string[] = [];
  readonly #print: (line: string) => void;

  /** @param print takes a line for a person. */
  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get passed(): boolean {
    return this.results.length + this.notRun.length > 0 && this.results.every(result => result.passed);
  }

  /** Leaves a system out, and says why. */
  leaveOut(system: string, lacking: string): void {
    this.notRun.push(system);
    this.#print(`not run: this machine lacks ${lacking}`);
  }

  /** Runs one system's check; its first failure ends it. */
  async run(system: string, check: (steps: CheckSteps) => Promise<void>): Promise<void> {
    const step: CheckSteps['step'] = async (name, act) => {
      const start = performance.now();
      try {
        const detail = await act();
        this.#record({ system, name, passed: true, milliseconds: since(start), ...(detail && { detail }) });
      } catch (error) {
        this.#record({
          system,
          name,
          passed: false,
          milliseconds: since(start),
          error: (error as Error).message,
        });
        throw new StepFailed(name, { cause: error });
      }
    };
    const start = performance.now();
    try {
      await check({ step });
    } catch (error) {
      if (error instanceof StepFailed) return;
      this.#record({
        system,
        name: 'the check itself',
        passed: false,
        milliseconds: since(start),
        error: (error as Error).stack ?? String(error),
      });
    }
  }

  #record(result: StepResult): void {
    this.results.push(result);
    const mark = result.passed ? styleText('green', '✓') : styleText('red', '✗');
    const time = `${(result.milliseconds / 1_000).toFixed(2)} s`.padStart(8);
    const aside = result.error ?? result.detail;
    this.#print(`${mark} ${time}  ${result.name}${aside ? styleText('dim', ` – ${aside}`) : ''}`);
  }
}

function since(start: number): number {
  return Math.round(performance.now() - start);
}
