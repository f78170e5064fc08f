import { CfnOutput, Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import {
  crmReceiverEnvironment,
  eventLogEnvironment,
  metricsNamespace,
  redeliveryEnvironment,
  signUpEnvironment,
  welcomeEnvironment,
  welcomeMail,
} from '../../contracts/user-signup.ts';
import { crmEvents, loggedEvents, userEvents, welcomeEvents } from '../../contracts/users.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { FanOutTopic } from '../constructs/fan-out-topic.ts';
import { HttpIntake } from '../constructs/http-intake.ts';
import { MailSender } from '../constructs/mail-sender.ts';
import { MessageFunction } from '../constructs/message-function.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { ConsumerMonitoring, FunctionMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { IntakeMonitoring } from '../constructs/monitoring/intake-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { SubscriptionMonitoring } from '../constructs/monitoring/subscription-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { StateTable } from '../constructs/state-table.ts';
import { FunctionSubscription } from '../constructs/subscriptions/function-subscription.ts';
import { HttpsSubscription } from '../constructs/subscriptions/https-subscription.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/** What stands in for a CRM. */
interface OwnCrm {
  readonly url: string;
  readonly endpoint: HttpIntake;
  readonly receiver: MessageFunction;
  readonly contacts: StateTable;
}

/**
 * Somebody signs up over HTTP, and three who know nothing of each other hear of it from one topic: a function
 * that writes a welcome, invoked directly; an event log, behind a queue; and a CRM, over HTTPS.
 */
export class UserSignupStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Sign-ups over HTTP, told to a function, to a queue and to an HTTPS endpoint',
      ...props,
    });
    const { config, removalPolicy } = this;

    // Way in: HTTP → sign-up → users → topic
    const events = new FanOutTopic(this, 'UserEvents', {
      events: userEvents,
      key: new MessageKey(this, 'TopicKey', {
        description: 'Encrypts user events on their topic',
        removalPolicy,
      }),
    });
    const users = new StateTable(this, 'Users', this.tableSettings);
    const requests = new StateTable(this, 'Requests', this.tableSettings);
    const signUp = new MessageFunction(this, 'SignUp', {
      description: 'Signs users up and publishes that they did',
      entry: 'lambda/user-signup/sign-up.ts',
      environmentSchema: signUpEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        TOPIC_ARN: events.topic.topicArn,
        USERS_TABLE: users.table.tableName,
        IDEMPOTENCY_TABLE: requests.table.tableName,
      },
      serviceName: 'sign-up',
      metricsNamespace,
      ...this.logSettings,
    });
    events.grantPublish(signUp.function);
    users.grant(signUp.function, 'GetItem', 'PutItem');
    requests.grant(signUp.function, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
    const intake = new HttpIntake(this, 'Intake', {
      ratePerSecond: config.intakeRatePerSecond,
      burst: config.intakeBurst,
      ...this.logSettings,
    });
    intake.route(HttpMethod.POST, '/sign-ups', signUp);

    // Welcome: topic → function → mail
    const key = new MessageKey(this, 'QueueKey', {
      description: 'Encrypts user events in queues and DLQs',
      removalPolicy,
    });
    const mail = new MailSender(this, 'WelcomeMail', { from: this.mailFrom(), template: welcomeMail });
    const welcomes = new StateTable(this, 'Welcomes', this.tableSettings);
    const welcome = new MessageFunction(this, 'Welcome', {
      description: 'Writes to each new user, once',
      entry: 'lambda/user-signup/welcome.ts',
      environmentSchema: welcomeEnvironment,
      environment: { LOG_LEVEL: config.logLevel, TABLE_NAME: welcomes.table.tableName, ...mail.environment },
      serviceName: 'welcome',
      metricsNamespace,
      ...this.logSettings,
    });
    mail.grantSend(welcome.function);
    welcomes.grant(welcome.function, 'GetItem', 'PutItem');
    const welcoming = new FunctionSubscription(this, 'WelcomeSubscription', {
      topic: events,
      selection: welcomeEvents,
      function: welcome,
      key,
    });

    // Event log: topic → queue → function → table
    const logQueue = new DurableQueue(this, 'EventLog', {
      key,
      visibilityTimeout: Duration.seconds(90),
      ...this.queueSettings,
    });
    events.fanOutTo(logQueue, loggedEvents);
    const eventLog = new StateTable(this, 'LoggedEvents', this.tableSettings);
    const logger = new QueueConsumer(this, 'EventLogConsumer', {
      queue: logQueue,
      description: 'Keeps each event, once',
      entry: 'lambda/user-signup/event-log.ts',
      environmentSchema: eventLogEnvironment,
      environment: { LOG_LEVEL: config.logLevel, TABLE_NAME: eventLog.table.tableName },
      serviceName: 'event-log',
      metricsNamespace,
      maxConcurrency: config.maxConcurrency,
      ...this.logSettings,
    });
    eventLog.grant(logger.function, 'PutItem');

    // Redelivery: a DLQ, whose messages an operator moves → queue → function → topic
    const redelivery = new DurableQueue(this, 'Redelivery', {
      key,
      visibilityTimeout: Duration.seconds(90),
      ...this.queueSettings,
    });
    const redeliverer = new QueueConsumer(this, 'RedeliveryConsumer', {
      queue: redelivery,
      description: 'Publishes anew what somebody could not be told',
      entry: 'lambda/user-signup/redeliver.ts',
      environmentSchema: redeliveryEnvironment,
      environment: { LOG_LEVEL: config.logLevel, TOPIC_ARN: events.topic.topicArn },
      serviceName: 'redelivery',
      metricsNamespace,
      maxConcurrency: config.maxConcurrency,
      ...this.logSettings,
    });
    events.grantPublish(redeliverer.function);

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);

    // CRM: topic → HTTPS endpoint
    const ownCrm =
      config.crmEndpointUrl === undefined
        ? this.#ownCrmReceiver(events.topic.topicArn, alarmTopic)
        : undefined;
    const crm = new HttpsSubscription(this, 'CrmSubscription', {
      topic: events,
      selection: crmEvents,
      key,
      ...(ownCrm ? { url: ownCrm.url, endpoint: ownCrm.endpoint } : { url: config.crmEndpointUrl ?? '' }),
    });

    new IntakeMonitoring(this, 'IntakeMonitoring', { intake, alarmTopic });
    new FunctionMonitoring(this, 'SignUpMonitoring', { function: signUp, alarmTopic });
    new TopicMonitoring(this, 'UserEventsMonitoring', {
      topic: events,
      alarmTopic,
      ...this.topicAlarmSettings,
    });
    new ConsumerMonitoring(this, 'WelcomeMonitoring', { function: welcome, alarmTopic });
    new SubscriptionMonitoring(this, 'WelcomeSubscriptionMonitoring', {
      subscription: welcoming,
      function: welcome,
      alarmTopic,
    });
    for (const consumer of [logger, redeliverer]) {
      const { queue } = consumer;
      new QueueMonitoring(this, `${queue.node.id}Monitoring`, { queue, alarmTopic, ...this.alarmSettings });
      new ConsumerMonitoring(this, `${consumer.node.id}Monitoring`, { function: consumer, alarmTopic });
    }

    // What an operator looks at: the way of a sign-up, and its trail in the logs
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Users sign up')
        .intake(intake)
        .function(signUp)
        .table(users)
        .table(requests)
        .topic(events),
      new DashboardRow('Welcome').consumer(welcome).table(welcomes).deadLetters(welcoming.failed),
      new DashboardRow('Event log').queue(logQueue).consumer(logger).table(eventLog),
      ...(ownCrm
        ? [new DashboardRow('CRM').intake(ownCrm.endpoint).function(ownCrm.receiver).table(ownCrm.contacts)]
        : []),
      new DashboardRow('Redelivery').queue(redelivery).consumer(redeliverer),
    ]);
    new LogTrail(this, 'Trail', {
      logGroups: [signUp, welcome, logger, redeliverer, ...(ownCrm ? [ownCrm.receiver] : [])].map(
        ({ function: { logGroup } }) => logGroup,
      ),
      subjectField: 'user_id',
    });

    new CfnOutput(this, 'SignUpsUrl', {
      value: `${intake.url}sign-ups`,
      description: 'POST sign-ups here, signed',
    });
    new CfnOutput(this, 'UserEventsTopicArn', { value: events.topic.topicArn });
    new CfnOutput(this, 'WelcomeFailedUrl', {
      value: welcoming.failed.queueUrl,
      description: 'What the welcome function gave up, with the reason',
    });
    new CfnOutput(this, 'WelcomeUndeliveredUrl', { value: welcoming.undelivered.queueUrl });
    new CfnOutput(this, 'EventLogQueueUrl', { value: logQueue.queue.queueUrl });
    new CfnOutput(this, 'EventLogDlqUrl', { value: logQueue.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'CrmUndeliveredUrl', {
      value: crm.undelivered.queueUrl,
      description: 'What the CRM did not take',
    });
    new CfnOutput(this, 'RedeliveryQueueUrl', {
      value: redelivery.queue.queueUrl,
      description: 'Move here what waits in the DLQs of function and CRM: it is published anew',
    });
    new CfnOutput(this, 'RedeliveryDlqUrl', { value: redelivery.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'UsersTableName', { value: users.table.tableName });
    new CfnOutput(this, 'WelcomesTableName', { value: welcomes.table.tableName });
    new CfnOutput(this, 'LoggedEventsTableName', { value: eventLog.table.tableName });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }

  /** What stands in for a CRM where the stage names none: HTTPS → function that verifies → contacts. */
  #ownCrmReceiver(topicArn: string, alarmTopic: AlarmTopic): OwnCrm {
    const { config } = this;
    const contacts = new StateTable(this, 'Contacts', this.tableSettings);
    const receiver = new MessageFunction(this, 'CrmReceiver', {
      description: 'Verifies what SNS posts, and makes contacts of it',
      entry: 'lambda/user-signup/crm-receiver.ts',
      environmentSchema: crmReceiverEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        TABLE_NAME: contacts.table.tableName,
        TOPIC_ARN: topicArn,
      },
      serviceName: 'crm-receiver',
      metricsNamespace,
      ...this.logSettings,
    });
    contacts.grant(receiver.function, 'GetItem', 'PutItem');
    const endpoint = new HttpIntake(this, 'CrmEndpoint', {
      apiName: `${this.stackName}-crm`,
      publicBecause:
        'SNS signs its messages and not its requests: the function verifies the signature of each before it counts',
      ratePerSecond: config.intakeRatePerSecond,
      burst: config.intakeBurst,
      ...this.logSettings,
    });
    endpoint.route(HttpMethod.POST, '/user-events', receiver);
    new IntakeMonitoring(this, 'CrmEndpointMonitoring', { intake: endpoint, alarmTopic });
    new FunctionMonitoring(this, 'CrmReceiverMonitoring', { function: receiver, alarmTopic });
    const url = `${endpoint.url}user-events`;
    new CfnOutput(this, 'CrmEndpointUrl', { value: url, description: 'SNS posts here' });
    new CfnOutput(this, 'ContactsTableName', { value: contacts.table.tableName });
    return { url, endpoint, receiver, contacts };
  }
}
