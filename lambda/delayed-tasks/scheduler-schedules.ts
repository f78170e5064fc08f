import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { clientSettings } from '../shared/client-settings.ts';
import { reach } from '../shared/dependency.ts';
import { errorFrom } from '../shared/failures.ts';
import type { OneTimeSchedules } from './task-schedule.ts';

export interface SchedulerSchedulesOptions {
  readonly scheduler: Pick<SchedulerClient, 'send'>;
  /** Group of the schedules: their role lets Scheduler in for this one alone. */
  readonly groupName: string;
  /** Queue that they send to. */
  readonly queueArn: string;
  /** Role that they send under. */
  readonly roleArn: string;
  /** Where what could not be sent waits. */
  readonly deadLetterQueueArn: string;
}

/** EventBridge Scheduler client for module scope. */
export function schedulerClient(): SchedulerClient {
  return new SchedulerClient(clientSettings);
}

/** Sending is tried for so long before a message goes to the DLQ, and somebody hears of it. */
const triedForSeconds = 3_600;

/**
 * Schedules on EventBridge Scheduler, each of which sends one message and is then gone.
 *
 * A schedule's name is that of its task, so that the same task is scheduled once however often that is asked.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#one-time
 */
export class SchedulerSchedules implements OneTimeSchedules {
  readonly #options: SchedulerSchedulesOptions;

  constructor(options: SchedulerSchedulesOptions) {
    this.#options = options;
  }

  /** @throws DependencyDownError when Scheduler cannot be reached or cannot take the schedule now. */
  async put(name: string, at: Date, body: string): Promise<void> {
    const schedule = this.#scheduleOf(name, at, body);
    try {
      await this.#call(new CreateScheduleCommand(schedule));
    } catch (error) {
      if (!isNamed(error, 'ConflictException')) throw error;
      // Made at an earlier try. Whatever it says, it is to say this.
      await this.#unlessGone(new UpdateScheduleCommand(schedule));
    }
  }

  async remove(name: string): Promise<void> {
    await this.#unlessGone(new DeleteScheduleCommand({ Name: name, GroupName: this.#options.groupName }));
  }

  #scheduleOf(name: string, at: Date, body: string): CreateScheduleCommandInput {
    const { groupName, queueArn, roleArn, deadLetterQueueArn } = this.#options;
    return {
      Name: name,
      GroupName: groupName,
      ScheduleExpression: `at(${at.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)})`,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: queueArn,
        RoleArn: roleArn,
        Input: body,
        DeadLetterConfig: { Arn: deadLetterQueueArn },
        RetryPolicy: { MaximumEventAgeInSeconds: triedForSeconds, MaximumRetryAttempts: 185 },
      },
    };
  }

  /** A schedule that is gone has sent its message, or was never made. */
  async #unlessGone(command: UpdateScheduleCommand | DeleteScheduleCommand): Promise<void> {
    try {
      await this.#call(command);
    } catch (error) {
      if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    }
  }

  #call(command: CreateScheduleCommand | UpdateScheduleCommand | DeleteScheduleCommand): Promise<unknown> {
    // The overloads of the client's `send` take one kind of command each.
    return reach('EventBridge Scheduler', this.#options.scheduler.send(command as CreateScheduleCommand));
  }
}

function isNamed(error: unknown, name: string): boolean {
  return errorFrom(error).name === name;
}
