import type { ExecutionEnd } from './execution.ts';

/** An execution as whoever started it knows it. */
export class StartedExecution {
  readonly arn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  /** JSON. */
  readonly input: string;
  readonly #startedAt = Date.now();
  #stoppedAt: number | undefined;
  #end: ExecutionEnd | undefined;

  constructor(stateMachineArn: string, name: string, input: string) {
    this.arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    this.stateMachineArn = stateMachineArn;
    this.name = name;
    this.input = input;
  }

  get status(): ExecutionEnd['status'] | 'RUNNING' {
    return this.#end?.status ?? 'RUNNING';
  }

  /** What it failed with; undefined where it has not. */
  get error(): string | undefined {
    return this.#end?.status === 'FAILED' ? this.#end.error : undefined;
  }

  get durationMs(): number {
    return (this.#stoppedAt ?? Date.now()) - this.#startedAt;
  }

  /** Seconds since 1970, as the protocol has it. */
  get startDate(): number {
    return this.#startedAt / 1_000;
  }

  end(end: ExecutionEnd): void {
    this.#end = end;
    this.#stoppedAt = Date.now();
  }

  /** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
  description(): object {
    const end = this.#end;
    return {
      executionArn: this.arn,
      stateMachineArn: this.stateMachineArn,
      name: this.name,
      status: this.status,
      startDate: this.startDate,
      input: this.input,
      inputDetails: { included: true },
      ...(this.#stoppedAt === undefined ? {} : { stopDate: this.#stoppedAt / 1_000 }),
      ...(end?.status === 'SUCCEEDED'
        ? { output: JSON.stringify(end.output), outputDetails: { included: true } }
        : {}),
      ...(end?.status === 'FAILED' ? { error: end.error, cause: end.cause } : {}),
    };
  }
}
