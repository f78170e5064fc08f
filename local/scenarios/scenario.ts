import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Mail } from '../emulators/ses/mail.ts';
import type { LocalStack } from '../local-stack.ts';
import type { LogQuery } from './log-query.ts';

/** A line that a function logged of something that it did: one with an `outcome`. */
export interface LogEntry {
  readonly functionName: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A system that runs on the local cloud, as a scenario meets it: by its outputs and the AWS clients. */
export interface RunningSystem {
  readonly name: string;

  /** The AWS endpoint that it runs on. */
  readonly endpoint: string;

  /** Value of a stack output. */
  output(name: string): string;

  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly s3: S3Client;
  readonly stepFunctions: SFNClient;
  readonly dynamodb: DynamoDBDocumentClient;

  /** What the system's functions and workers did since it started, as they logged it. */
  readonly log: readonly LogEntry[];

  /** The same of another system that runs here. */
  logOf(system: string): readonly LogEntry[];

  /** The query that the stack saves to follow one subject; undefined where it saves none. */
  readonly logQuery: LogQuery | undefined;

  /** Mails that the system sent through SES, the oldest first. */
  readonly outbox: readonly Mail[];

  /** Process ids of the workers of a fleet, by its name. */
  workersOf(fleetName: string): readonly number[];

  /** Ends a worker of a fleet in the middle of what it does; the fleet then starts another. */
  killWorker(fleetName: string, pid: number): Promise<void>;

  /** State of an alarm: `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  alarmState(constructPath: string): string;

  /** Changes variables of a function, as an operator would who deploys a fix. */
  updateEnvironment(constructPath: string, variables: Readonly<Record<string, string>>): void;
}

/** Runs the steps of a check one after another and records how each went. */
export interface CheckSteps {
  /**
   * @param name what is shown, as a statement: `every order is charged once`.
   * @param act throws when the statement does not hold; may return details to show.
   */
  step(name: string, act: () => Promise<string | undefined>): Promise<void>;
}

export interface CheckOptions {
  /** How many orders, uploads or searches to put in. */
  readonly volume: number;
}

/** What a system shows by itself: to a person, and as a check that fails when something does not hold. */
export interface Scenario {
  /**
   * What this machine lacks for the system to run; undefined where it lacks nothing. It is then neither shown nor
   * checked, which is said.
   *
   * @default - nothing is lacking
   */
  readonly lacking?: (stack: Pick<LocalStack, 'resources'>) => string | undefined;

  /** Variables that only demonstrations set, by the path of their function's construct. */
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string>>>>;

  /**
   * Puts a little of everything in, for a person to watch.
   *
   * @param tell shows the person a line.
   */
  demonstrate(system: RunningSystem, tell: (line: string) => void): Promise<void>;

  /** Puts things in and verifies every effect. */
  check(system: RunningSystem, steps: CheckSteps, options: CheckOptions): Promise<void>;
}
