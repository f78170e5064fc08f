import { Duration, Validations } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { EnvironmentSchema } from '../../contracts/environment.ts';
import { MessageFunction, type MessageFunctionProps } from './message-function.ts';
import { validateProps, within } from './validation.ts';

export interface ScheduledFunctionProps<Schema extends EnvironmentSchema>
  extends MessageFunctionProps<Schema> {
  /** From one invocation to the next, 1 minute to 1 day. */
  readonly every: Duration;
}

/**
 * Function that is invoked at regular times, for work that the next invocation does too where one fails:
 * none is tried again or kept.
 *
 * @throws PropsError when a prop is out of range, or one invocation may still be at work at the next.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 */
export class ScheduledFunction<
  Schema extends EnvironmentSchema = EnvironmentSchema,
> extends MessageFunction<Schema> {
  readonly rule: events.Rule;

  constructor(scope: Construct, id: string, props: ScheduledFunctionProps<Schema>) {
    const every = props.every.toSeconds();
    validateProps(scope, id, [
      {
        prop: 'every',
        value: `${every} s`,
        holds: within(every, 60, 86_400) && every % 60 === 0,
        allowed: '1 minute to 1 day, in whole minutes',
        remedy: 'EventBridge knows no shorter time than a minute.',
      },
    ]);
    super(scope, id, props);
    validateProps(scope, id, [
      {
        prop: 'timeout',
        value: `${this.timeout.toSeconds()} s`,
        holds: this.timeout.toSeconds() <= every,
        allowed: `up to every, ${every} s`,
        remedy: 'Shorten it, or invoke the function less often.',
      },
    ]);
    this.rule = new events.Rule(this, 'Schedule', {
      description: props.description,
      schedule: events.Schedule.rate(props.every),
      targets: [
        new targets.LambdaFunction(this.function, { retryAttempts: 0, maxEventAge: Duration.minutes(1) }),
      ],
    });
    this.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    const reason =
      'Nothing is lost with an invocation that fails: the next one does its work, and an alarm tells';
    Validations.of(this).acknowledge(
      { id: 'Serverless::Serverless-LambdaDLQ', reason },
      { id: 'Serverless::Serverless-EventBusDLQ', reason },
      { id: 'Serverless::Serverless-LambdaAsyncFailureDestination', reason },
    );
  }
}
