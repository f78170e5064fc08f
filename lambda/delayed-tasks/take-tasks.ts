import { Logger } from '@aws-lambda-powertools/logger';
import { takeTasksEnvironment } from '../../contracts/delayed-tasks.ts';
import { parseEnvironment } from '../../contracts/environment.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { sqsClient } from '../shared/sqs-client.ts';
import { SchedulerSchedules, schedulerClient } from './scheduler-schedules.ts';
import { SqsMessageTimer } from './sqs-message-timer.ts';
import { taskIntake } from './task-intake.ts';
import { TimersAndSchedules } from './task-schedule.ts';
import { taskStore } from './task-store.ts';

const environment = parseEnvironment(takeTasksEnvironment, process.env);

export const handler = taskIntake({
  tasks: taskStore(documentClient(), environment.TABLE_NAME),
  schedule: new TimersAndSchedules({
    timer: new SqsMessageTimer(sqsClient(environment.QUEUE_URL), environment.QUEUE_URL),
    schedules: new SchedulerSchedules({
      scheduler: schedulerClient(),
      groupName: environment.SCHEDULE_GROUP,
      queueArn: environment.QUEUE_ARN,
      roleArn: environment.SCHEDULE_ROLE_ARN,
      deadLetterQueueArn: environment.SCHEDULE_DLQ_ARN,
    }),
    limits: {
      longestTimerSeconds: environment.LONGEST_TIMER_SECONDS,
      scheduleStepSeconds: environment.SCHEDULE_STEP_SECONDS,
      queueDelaySeconds: environment.QUEUE_DELAY_SECONDS,
    },
  }),
  queueDelaySeconds: environment.QUEUE_DELAY_SECONDS,
  logger: new Logger(),
});
