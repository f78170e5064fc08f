import { CfnOutput, Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import {
  longestTimerSeconds,
  metricsNamespace,
  runTasksEnvironment,
  takeTasksEnvironment,
  taskPath,
  tasksPath,
} from '../../contracts/delayed-tasks.ts';
import { taskEvents } from '../../contracts/tasks.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { HttpIntake } from '../constructs/http-intake.ts';
import { MessageFunction } from '../constructs/message-function.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { ConsumerMonitoring, FunctionMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { IntakeMonitoring } from '../constructs/monitoring/intake-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { ScheduleMonitoring } from '../constructs/monitoring/schedule-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { grantSend } from '../constructs/queue-grants.ts';
import { StateTable } from '../constructs/state-table.ts';
import { TaskScheduler } from '../constructs/task-scheduler.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/** What names no time waits so long, in which it can still be taken back. */
const queueDelay = Duration.seconds(5);

/**
 * A task posted over HTTP is recorded and sleeps until it is due: as a message that its queue hides for up to
 * 15 minutes, or as a schedule that sends the message later. Who is woken up looks at the record, and hands
 * the task on to whoever does its kind.
 */
export class DelayedTasksStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Tasks that are due later: a delay queue, timers of messages, and schedules beyond them',
      ...props,
    });
    const { config, removalPolicy } = this;
    const tasks = new StateTable(this, 'Tasks', this.tableSettings);

    // Sleep: a queue that delays, and schedules that send to it
    const wakeUps = new DurableQueue(this, 'WakeUps', {
      key: new MessageKey(this, 'QueueKey', {
        description: 'Encrypts the wake-ups of tasks in their queue',
        removalPolicy,
      }),
      deliveryDelay: queueDelay,
      visibilityTimeout: Duration.seconds(90),
      ...this.queueSettings,
    });
    const scheduler = new TaskScheduler(this, 'Scheduler', { queue: wakeUps, removalPolicy });

    // Way in: HTTP → take-tasks → record, then timer or schedule
    const takeTasks = new MessageFunction(this, 'TakeTasks', {
      description:
        'Takes tasks over HTTP, has them woken up when they are due, tells of them and cancels them',
      entry: 'lambda/delayed-tasks/take-tasks.ts',
      environmentSchema: takeTasksEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        TABLE_NAME: tasks.table.tableName,
        QUEUE_URL: wakeUps.queue.queueUrl,
        QUEUE_ARN: wakeUps.queue.queueArn,
        QUEUE_DELAY_SECONDS: String(queueDelay.toSeconds()),
        SCHEDULE_GROUP: scheduler.group.ref,
        SCHEDULE_ROLE_ARN: scheduler.role.roleArn,
        SCHEDULE_DLQ_ARN: scheduler.undelivered.queueArn,
      },
      serviceName: 'take-tasks',
      metricsNamespace,
      ...this.logSettings,
    });
    tasks.grant(takeTasks.function, 'GetItem', 'PutItem');
    grantSend(takeTasks.function, wakeUps);
    scheduler.grantSchedule(takeTasks);
    const intake = new HttpIntake(this, 'Intake', {
      ratePerSecond: config.intakeRatePerSecond,
      burst: config.intakeBurst,
      ...this.logSettings,
    });
    intake.route(HttpMethod.POST, tasksPath, takeTasks);
    intake.route(HttpMethod.GET, taskPath, takeTasks);
    intake.route(HttpMethod.DELETE, taskPath, takeTasks);

    // Way out: queue → run-tasks → topic
    const dueTasks = new FanOutTopic(this, 'DueTasks', {
      events: taskEvents,
      key: new MessageKey(this, 'TopicKey', {
        description: 'Encrypts tasks that are due on their topic',
        removalPolicy,
      }),
    });
    const runTasks = new QueueConsumer(this, 'RunTasks', {
      queue: wakeUps,
      description: 'Hands tasks on that are due by their record',
      entry: 'lambda/delayed-tasks/run-tasks.ts',
      environmentSchema: runTasksEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        TABLE_NAME: tasks.table.tableName,
        TOPIC_ARN: dueTasks.topic.topicArn,
      },
      serviceName: 'run-tasks',
      metricsNamespace,
      maxConcurrency: config.maxConcurrency,
      ...this.logSettings,
    });
    tasks.grant(runTasks.function, 'GetItem', 'PutItem');
    dueTasks.grantPublish(runTasks.function);

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new IntakeMonitoring(this, 'IntakeMonitoring', { intake, alarmTopic });
    new FunctionMonitoring(this, 'TakeTasksMonitoring', { function: takeTasks, alarmTopic });
    new ScheduleMonitoring(this, 'SchedulerMonitoring', { scheduler, alarmTopic });
    new QueueMonitoring(this, 'WakeUpsMonitoring', {
      queue: wakeUps,
      alarmTopic,
      ...this.alarmSettings,
      // A message's age counts from when it was sent, and most are sent to sleep.
      maxMessageAge: Duration.seconds(longestTimerSeconds + config.alarmMessageAgeInSeconds),
    });
    new ConsumerMonitoring(this, 'RunTasksMonitoring', { function: runTasks, alarmTopic });
    new TopicMonitoring(this, 'DueTasksMonitoring', {
      topic: dueTasks,
      alarmTopic,
      ...this.topicAlarmSettings,
    });

    // What an operator looks at: the way of a task, and its trail in the logs
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Tasks come in').intake(intake).function(takeTasks).table(tasks),
      new DashboardRow('They sleep').scheduler(scheduler).queue(wakeUps),
      new DashboardRow('They are due').consumer(runTasks).topic(dueTasks),
    ]);
    new LogTrail(this, 'Trail', {
      logGroups: [takeTasks, runTasks].map(({ function: { logGroup } }) => logGroup),
      subjectField: 'task_id',
    });

    new CfnOutput(this, 'TasksUrl', {
      value: `${intake.url}${tasksPath.slice(1)}`,
      description: 'POST tasks here, signed; GET and DELETE them under their id',
    });
    new CfnOutput(this, 'DueTasksTopicArn', {
      value: dueTasks.topic.topicArn,
      description: 'Subscribe here to do tasks, with a filter on the attribute eventType for your kind',
    });
    new CfnOutput(this, 'WakeUpsQueueUrl', { value: wakeUps.queue.queueUrl });
    new CfnOutput(this, 'WakeUpsDlqUrl', { value: wakeUps.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'ScheduleGroupName', { value: scheduler.group.ref });
    new CfnOutput(this, 'ScheduleDlqUrl', { value: scheduler.undelivered.queueUrl });
    new CfnOutput(this, 'TasksTableName', { value: tasks.table.tableName });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
