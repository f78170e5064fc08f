import * as v from 'valibot';
import { AwsError } from '../aws-error.ts';
import { momentOf } from './at-expression.ts';

/** Names of schedules and of groups. */
const NAME = /^[\w.-]{1,64}$/;
const QUEUE_ARN = /^arn:aws[\w-]*:sqs:[^:]+:\d{12}:[\w-]+$/;

const target = v.object({
  Arn: v.pipe(
    v.string(),
    v.regex(/^arn:aws[\w-]*:sqs:/, 'schedules send to queues of SQS here, and to nothing else'),
  ),
  RoleArn: v.pipe(v.string(), v.regex(/^arn:aws[\w-]*:iam::\d{12}:role\/.+$/)),
  Input: v.optional(v.string()),
  DeadLetterConfig: v.optional(
    v.object({ Arn: v.pipe(v.string(), v.regex(QUEUE_ARN, 'a standard queue is taken as DLQ')) }),
  ),
  RetryPolicy: v.optional(
    v.object({
      MaximumEventAgeInSeconds: v.optional(v.pipe(v.number(), v.minValue(60), v.maxValue(86_400))),
      MaximumRetryAttempts: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(185))),
    }),
  ),
  SqsParameters: v.optional(v.object({ MessageGroupId: v.string() })),
});

const definition = v.object({
  GroupName: v.optional(v.string(), 'default'),
  ScheduleExpression: v.string(),
  ScheduleExpressionTimezone: v.optional(v.string(), 'UTC'),
  FlexibleTimeWindow: v.object({ Mode: v.picklist(['OFF', 'FLEXIBLE']) }),
  Target: target,
  ActionAfterCompletion: v.optional(v.picklist(['NONE', 'DELETE']), 'NONE'),
  State: v.optional(v.picklist(['ENABLED', 'DISABLED']), 'ENABLED'),
  Description: v.optional(v.string()),
  ClientToken: v.optional(v.string()),
});

/** What a request says of a schedule. */
export type ScheduleDefinition = v.InferOutput<typeof definition> & { readonly at: Date };

/** A schedule that was made. */
export interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly definition: ScheduleDefinition;
}

/** @throws AwsError ValidationException naming what is wrong. */
export function definitionFrom(body: Readonly<Record<string, unknown>>): ScheduleDefinition {
  const result = v.safeParse(definition, body);
  if (!result.success) {
    const [issue] = result.issues;
    throw invalid(`${v.getDotPath(issue) ?? 'request'}: ${issue.message}`);
  }
  const { ScheduleExpression, ScheduleExpressionTimezone } = result.output;
  const at = momentOf(ScheduleExpression, ScheduleExpressionTimezone);
  if (at === undefined) {
    throw invalid(
      `Invalid Schedule Expression ${ScheduleExpression} in ${ScheduleExpressionTimezone}: ` +
        'schedules run once here, at(yyyy-mm-ddThh:mm:ss).',
    );
  }
  return { ...result.output, at };
}

/** @throws AwsError ValidationException where it cannot be a name. */
export function checkedName(name: string): string {
  if (!NAME.test(name)) throw invalid(`${name} is no name: 1 to 64 letters, digits, - _ or . are.`);
  return name;
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, 400);
}
