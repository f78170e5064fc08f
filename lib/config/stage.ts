import * as v from 'valibot';

const days = (smallest: number, largest: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(smallest), v.maxValue(largest));

/** Days that CloudWatch Logs can keep log events for. */
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653,
] as const;

const stageConfig = v.strictObject({
  stage: v.picklist(['dev', 'prod']),

  /** What becomes of tables, keys and logs when their stack is deleted. */
  dataRemoval: v.picklist(['destroy', 'retain']),

  /** How long a queue keeps a message that nobody takes; DLQs always keep 14 days, so at most 13 here. */
  messageRetentionInDays: days(1, 13),

  /** How long logs are kept: one of the numbers of days that CloudWatch Logs knows. */
  logRetentionInDays: v.picklist(logRetentions),
  logLevel: v.picklist(['DEBUG', 'INFO', 'WARN', 'ERROR']),

  /** Who encrypts tables: DynamoDB's own key, free of charge, or a key of the account's that it controls and audits. */
  tableEncryption: v.picklist(['aws-owned', 'customer-managed']),

  /**
   * Most concurrent invocations that one queue may cause in its consumer, 2 to 1,000.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
   */
  maxConcurrency: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(1000)),

  /** Requests a second that the HTTP intake takes before it answers 429, and the burst above it. */
  intakeRatePerSecond: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
  intakeBurst: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5_000)),

  /** Address that alarms are mailed to; without it, the alarm topic has no subscriber. */
  alarmEmail: v.optional(v.pipe(v.string(), v.email())),
  /** The oldest message in a queue may be this old before an alarm goes off. */
  alarmMessageAgeInSeconds: v.pipe(v.number(), v.integer(), v.minValue(60), v.maxValue(1_209_600)),
  /** So many messages may wait in a queue for a quarter of an hour before an alarm goes off. */
  alarmBacklog: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000_000)),

  /**
   * Systems Manager parameter that holds the payment gateway's base URL, read when the stack is
   * deployed; without it, a simulated gateway takes every charge.
   */
  paymentGatewayUrlParameter: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\/[\w./-]+$/, 'Invalid parameter name: expected /a/path such as /messaging/prod/url'),
    ),
  ),

  /** Cost-allocation tags, on every resource. */
  tags: v.record(v.string(), v.pipe(v.string(), v.minLength(1), v.maxLength(256))),
});

/** Everything that differs between stages. */
export type StageConfig = v.InferOutput<typeof stageConfig>;

const stages: Readonly<Record<StageConfig['stage'], StageConfig>> = {
  dev: {
    stage: 'dev',
    dataRemoval: 'destroy',
    messageRetentionInDays: 4,
    logRetentionInDays: 7,
    logLevel: 'DEBUG',
    tableEncryption: 'aws-owned',
    maxConcurrency: 5,
    intakeRatePerSecond: 50,
    intakeBurst: 100,
    alarmMessageAgeInSeconds: 900,
    alarmBacklog: 1_000,
    tags: { stage: 'dev', 'cost-center': 'messaging' },
  },
  prod: {
    stage: 'prod',
    dataRemoval: 'retain',
    messageRetentionInDays: 7,
    logRetentionInDays: 90,
    logLevel: 'INFO',
    tableEncryption: 'customer-managed',
    maxConcurrency: 50,
    intakeRatePerSecond: 500,
    intakeBurst: 1_000,
    alarmMessageAgeInSeconds: 300,
    alarmBacklog: 10_000,
    paymentGatewayUrlParameter: '/messaging/prod/payment-gateway-url',
    tags: { stage: 'prod', 'cost-center': 'messaging' },
  },
};

/** Thrown when the chosen stage, or a value given for it, cannot be. */
export class StageConfigError extends Error {
  override readonly name = 'StageConfigError';
}

/** Reads a context value, as `-c name=value` gives it. */
export type ContextReader = (name: string) => unknown;

/**
 * The configuration of the stage that the context names, `dev` by default. Any value but `stage` and
 * `tags` can be given anew in the context: `-c stage=prod -c alarmEmail=oncall@example.com`.
 *
 * @throws StageConfigError naming property, value and what is allowed.
 */
export function stageConfigFrom(context: ContextReader): StageConfig {
  const stage = context('stage') ?? 'dev';
  const defaults = Object.hasOwn(stages, String(stage)) ? stages[stage as StageConfig['stage']] : undefined;
  if (!defaults) {
    throw new StageConfigError(
      `stage is "${stage}"; allowed: ${Object.keys(stages).join(', ')}. Give one with -c stage=dev.`,
    );
  }
  const given = Object.keys(stageConfig.entries)
    .filter(name => name !== 'stage' && name !== 'tags')
    .flatMap(name => {
      const value = context(name);
      return value === undefined ? [] : [[name, numberIfNumeric(value)]];
    });
  const result = v.safeParse(stageConfig, { ...defaults, ...Object.fromEntries(given) });
  if (result.success) return result.output;
  const faults = result.issues.map(
    issue => `${v.getDotPath(issue)} is ${JSON.stringify(issue.input)}: ${issue.message}`,
  );
  throw new StageConfigError(
    `Configuration of stage ${stage}: ${faults.join('; ')}. Give another value with -c name=value.`,
  );
}

/** The command line gives every value as text. */
function numberIfNumeric(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}
