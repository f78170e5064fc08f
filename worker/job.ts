import * as v from 'valibot';
import { type EnvironmentSchema, parseEnvironment } from '../contracts/environment.ts';
import type { JobContract } from '../contracts/worker.ts';
import { BadMessageError } from './failures.ts';
import type { Log } from './observability/log.ts';

/** What came of a job, in a word that people can count: `drawn`, `no_offers`. */
export interface JobOutcome {
  readonly outcome: string;
  /** More for the log line. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The delivery that a job came in. */
export interface Delivery {
  readonly messageId: string;
  /** 1 at the first delivery; approximate. */
  readonly receiveCount: number;
  readonly sentAt: Date;
  /** The message's attributes of type String and Number. */
  readonly attributes: Readonly<Record<string, string>>;
  /**
   * Aborted when it is no use to go on; its `reason` says why: another worker may have the message by now,
   * the job took too long, or this worker stops. The job undoes what it began and throws.
   */
  readonly signal: AbortSignal;
  /** Writes lines that name this delivery. */
  readonly log: Log;
}

export interface OpenJob<Message> {
  /**
   * Does one job. Messages come at least once, so it must stand being called again with the same message,
   * at any time and at the same time.
   *
   * @throws PermanentFailure what no retry mends; PassingFailure what one may.
   */
  readonly run: (message: Message, delivery: Delivery) => Promise<JobOutcome>;
  /** Frees what was opened, once, when the worker stops. */
  readonly close?: () => Promise<void> | void;
}

export interface JobDefinition<Message, Environment extends EnvironmentSchema> {
  readonly contract: JobContract<Message, Environment>;

  /**
   * Fields of a message that tell what it is about, for log lines.
   *
   * @default none
   */
  readonly subject?: (message: Message) => Readonly<Record<string, unknown>>;

  /**
   * Makes the job's adapters, once, when the worker starts. Packages with native code are imported in
   * here, by `await import()`: a static import would make every other kind of job load them too.
   */
  readonly open: (environment: v.InferOutput<Environment>) => OpenJob<Message> | Promise<OpenJob<Message>>;
}

/** A kind of job, whatever its messages are. */
export interface Job {
  readonly kind: string;
  /** @throws EnvironmentError naming every variable that is missing or wrong. */
  open(environment: Readonly<Record<string, string | undefined>>): Promise<RunnableJob>;
}

/** A message's body as a job, not yet begun. */
export interface ParsedJob {
  readonly subject: Readonly<Record<string, unknown>>;
  run(delivery: Delivery): Promise<JobOutcome>;
}

export interface RunnableJob {
  /** @throws BadMessageError naming every field that is wrong. */
  parse(body: string): ParsedJob;
  close(): Promise<void>;
}

/** Makes a kind of job that a registry can hold of its definition. */
export function defineJob<Message, Environment extends EnvironmentSchema>(
  definition: JobDefinition<Message, Environment>,
): Job {
  const { contract, subject = () => ({}) } = definition;
  return {
    kind: contract.kind,
    async open(environment) {
      const job = await definition.open(parseEnvironment(contract.environment, environment));
      return {
        parse(body) {
          const message = parseMessage(body, contract);
          return { subject: subject(message), run: delivery => job.run(message, delivery) };
        },
        async close() {
          await job.close?.();
        },
      };
    },
  };
}

function parseMessage<Message>(body: string, contract: JobContract<Message, EnvironmentSchema>): Message {
  const result = v.safeParse(contract.message, parseJson(body));
  if (result.success) return result.output;
  const faults = result.issues.map(issue => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  throw new BadMessageError(
    `The message body is no ${contract.kind} job: ${faults.join('; ')}. Its contract says what is sent.`,
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new BadMessageError(
      `The message body is not JSON: ${(error as SyntaxError).message}. Jobs are sent as JSON.`,
      { cause: error },
    );
  }
}
