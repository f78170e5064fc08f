import { CfnOutput, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  fileEventsEnvironment,
  incidentEvents,
  metricsNamespace,
  serviceEventRules,
} from '../../contracts/service-events.ts';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { ConsumerMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { IncidentMonitoring } from '../constructs/monitoring/incident-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { ServiceEventMonitoring } from '../constructs/monitoring/service-event-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { ObjectBucket } from '../constructs/object-bucket.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { ServiceEventIntake } from '../constructs/service-event-intake.ts';
import { StateTable } from '../constructs/state-table.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * What AWS services tell of themselves comes by rules of EventBridge to a queue, in the words of a contract. A
 * function files it, and raises as an incident what somebody should look at.
 */
export class ServiceEventsStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description:
        'Events of AWS services by EventBridge rules on an encrypted queue, filed, and raised where they matter',
      ...props,
    });
    const { config, removalPolicy } = this;

    // Bucket: one of those that tell
    const reports = new ObjectBucket(this, 'Reports', {
      accessLogs: new AccessLogBucket(this, 'AccessLogs', {
        retention: Duration.days(config.logRetentionInDays),
        removalPolicy,
      }),
      retention: Duration.days(config.serviceEventRetentionInDays),
      removalPolicy,
    });
    reports.tellEventBridge();

    // Rules → queue, and a DLQ for what does not get there
    const queue = new DurableQueue(this, 'Events', {
      key: new MessageKey(this, 'QueueKey', {
        description: 'Encrypts events of AWS services in their queue',
        removalPolicy,
      }),
      visibilityTimeout: Duration.seconds(90),
      ...this.queueSettings,
    });
    const intake = new ServiceEventIntake(this, 'Intake', { queue });
    const { object_created, ...others } = serviceEventRules;
    for (const rule of Object.values(others)) intake.take(rule);
    intake.take(object_created, { bucket: { name: [reports.bucket.bucketName] } });

    // Queue → function → table, and topic
    const filed = new StateTable(this, 'Filed', this.tableSettings);
    const incidents = new FanOutTopic(this, 'Incidents', {
      events: incidentEvents,
      key: new MessageKey(this, 'TopicKey', {
        description: 'Encrypts incidents on their topic',
        removalPolicy,
      }),
    });
    const fileEvents = new QueueConsumer(this, 'FileEvents', {
      queue,
      description: 'Files events of AWS services, and raises what matters',
      entry: 'lambda/service-events/file-events.ts',
      environmentSchema: fileEventsEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        TABLE_NAME: filed.table.tableName,
        TOPIC_ARN: incidents.topic.topicArn,
        RETENTION_DAYS: String(config.serviceEventRetentionInDays),
      },
      serviceName: 'file-events',
      metricsNamespace,
      maxConcurrency: config.maxConcurrency,
      ...this.logSettings,
    });
    filed.grant(fileEvents.function, 'GetItem', 'PutItem', 'UpdateItem');
    incidents.grantPublish(fileEvents.function);

    // Alarms: whatever fails, and whatever matters, reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new ServiceEventMonitoring(this, 'IntakeMonitoring', { intake, alarmTopic });
    new QueueMonitoring(this, 'EventsMonitoring', { queue, alarmTopic, ...this.alarmSettings });
    new ConsumerMonitoring(this, 'FileEventsMonitoring', { function: fileEvents, alarmTopic });
    new TopicMonitoring(this, 'IncidentsTopicMonitoring', {
      topic: incidents,
      alarmTopic,
      ...this.topicAlarmSettings,
    });
    new IncidentMonitoring(this, 'IncidentsMonitoring', { topic: incidents, alarmTopic });

    // What an operator looks at: the way of an event, and its trail in the logs
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('AWS services tell').serviceEvents(intake).queue(queue),
      new DashboardRow('Events are filed').consumer(fileEvents).table(filed),
      new DashboardRow('What matters is raised').topic(incidents),
    ]);
    new LogTrail(this, 'Trail', { logGroups: [fileEvents.function.logGroup] });

    new CfnOutput(this, 'IncidentsTopicArn', {
      value: incidents.topic.topicArn,
      description: 'Subscribe here to hear of incidents',
    });
    new CfnOutput(this, 'ReportsBucketName', {
      value: reports.bucket.bucketName,
      description: 'Each object that is put here is an event',
    });
    new CfnOutput(this, 'EventsQueueUrl', { value: queue.queue.queueUrl });
    new CfnOutput(this, 'EventsDlqUrl', { value: queue.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'UndeliveredUrl', { value: intake.undelivered.queueUrl });
    new CfnOutput(this, 'FiledTableName', { value: filed.table.tableName });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
