import { CfnOutput, Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import {
  addressMailsEnvironment,
  keepPostEnvironment,
  metricsNamespace,
  noteUndeliverableEnvironment,
  postMail,
  postsPath,
  publishPostEnvironment,
  sendMailEnvironment,
  sharePostEnvironment,
} from '../../contracts/notifications.ts';
import { type PostEvents, postEvents, publishedPosts, topicDisplayName } from '../../contracts/posts.ts';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { ApiAccount } from '../constructs/api-account.ts';
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
import { MailMonitoring } from '../constructs/monitoring/mail-monitoring.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { TopicMonitoring } from '../constructs/monitoring/topic-monitoring.ts';
import { PayloadBucket } from '../constructs/payload-bucket.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { grantSend } from '../constructs/queue-grants.ts';
import { StateTable } from '../constructs/state-table.ts';
import { endpointId } from '../constructs/subscriptions/endpoint-id.ts';
import { HttpsSubscription } from '../constructs/subscriptions/https-subscription.ts';
import { PersonSubscription } from '../constructs/subscriptions/person-subscription.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/**
 * A blog post published over HTTP goes by one topic to a database, to a social network and to every reader by
 * mail; and to whom the stage names, in words of their own: by mail of the topic, SMS and HTTPS. What SES tells
 * of mails that nobody read comes back, and keeps later mails from the same address.
 */
export class NotificationsStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description: 'Blog posts over HTTP, told to readers, a database and a social network',
      ...props,
    });
    const { config, removalPolicy } = this;
    const functions = { metricsNamespace, ...this.logSettings };
    const consumers = { ...functions, maxConcurrency: config.maxConcurrency };
    const topicKey = new MessageKey(this, 'TopicKey', {
      description: 'Encrypts posts, and what SES tells of mails, on their topics',
      removalPolicy,
    });
    const key = new MessageKey(this, 'QueueKey', {
      description: 'Encrypts posts and mails in queues and DLQs',
      removalPolicy,
    });
    const queues = { key, visibilityTimeout: Duration.seconds(90), ...this.queueSettings };

    // Fan-out: topic → queues; what is too large for the topic waits in a bucket
    const posts = new FanOutTopic(this, 'NewPost', {
      events: postEvents,
      key: topicKey,
      displayName: topicDisplayName,
    });
    const emailQueue = new DurableQueue(this, 'Email', {
      ...queues,
      visibilityTimeout: Duration.minutes(12),
    });
    const databaseQueue = new DurableQueue(this, 'Database', queues);
    const socialQueue = new DurableQueue(this, 'Social', {
      ...queues,
      visibilityTimeout: Duration.minutes(3),
      // An hour: networks are down for longer than a few tries.
      maxReceiveCount: 20,
    });
    for (const queue of [emailQueue, databaseQueue, socialQueue]) posts.fanOutTo(queue, publishedPosts);
    this.#subscribeOthers(posts, key);
    const payloads = new PayloadBucket(this, 'Payloads', {
      queues: [emailQueue, databaseQueue, socialQueue],
      accessLogs: new AccessLogBucket(this, 'AccessLogs', { removalPolicy }),
      removalPolicy,
    });

    // Way in: HTTP → publish-post → topic
    const requests = new StateTable(this, 'Requests', this.tableSettings);
    const publishPost = new MessageFunction(this, 'PublishPost', {
      ...functions,
      description: 'Takes a blog post over HTTP and publishes it',
      entry: 'lambda/notifications/publish-post.ts',
      environmentSchema: publishPostEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        TOPIC_ARN: posts.topic.topicArn,
        PAYLOAD_BUCKET: payloads.bucket.bucketName,
        IDEMPOTENCY_TABLE: requests.table.tableName,
      },
      serviceName: 'publish-post',
    });
    posts.grantPublish(publishPost.function);
    payloads.grantDeposit(publishPost.function);
    requests.grant(publishPost.function, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');
    const intake = new HttpIntake(this, 'Intake', {
      ratePerSecond: config.intakeRatePerSecond,
      burst: config.intakeBurst,
      ...this.logSettings,
    });
    intake.route(HttpMethod.POST, postsPath, publishPost);

    // Database: queue → keep-post → table
    const keptPosts = new StateTable(this, 'Posts', this.tableSettings);
    const keepPost = new QueueConsumer(this, 'KeepPost', {
      ...consumers,
      queue: databaseQueue,
      description: 'Keeps each post, once',
      entry: 'lambda/notifications/keep-post.ts',
      environmentSchema: keepPostEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        PAYLOAD_BUCKET: payloads.bucket.bucketName,
        TABLE_NAME: keptPosts.table.tableName,
      },
      serviceName: 'keep-post',
    });
    keptPosts.grant(keepPost.function, 'GetItem', 'PutItem');

    // Social network: queue → share-post → HTTP
    const account = new ApiAccount(this, 'SocialAccount', {
      description: "The blog's account at a social network: where posts are posted to, and with which token",
      removalPolicy,
    });
    const shares = new StateTable(this, 'Shares', this.tableSettings);
    const sharePost = new QueueConsumer(this, 'SharePost', {
      ...consumers,
      queue: socialQueue,
      description: 'Shares each post on the social network, once',
      entry: 'lambda/notifications/share-post.ts',
      environmentSchema: sharePostEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        PAYLOAD_BUCKET: payloads.bucket.bucketName,
        TABLE_NAME: shares.table.tableName,
        SOCIAL_SECRET_ARN: account.secretArn,
      },
      serviceName: 'share-post',
      timeout: Duration.seconds(30),
    });
    account.grantRead(sharePost.function);
    shares.grant(sharePost.function, 'GetItem', 'PutItem');

    // Mails: queue → address-mails → a message a reader → send-mail → SES
    const mailQueue = new DurableQueue(this, 'Mails', {
      ...queues,
      // SES takes only so many mails a second: those that were too many are sound, and come again.
      maxReceiveCount: 10,
    });
    const readers = new StateTable(this, 'Readers', this.tableSettings);
    const mailings = new StateTable(this, 'Mailings', this.tableSettings);
    const addressMails = new QueueConsumer(this, 'AddressMails', {
      ...consumers,
      queue: emailQueue,
      description: 'Has a mail written to each reader of a post',
      entry: 'lambda/notifications/address-mails.ts',
      environmentSchema: addressMailsEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        PAYLOAD_BUCKET: payloads.bucket.bucketName,
        READERS_TABLE: readers.table.tableName,
        MAILINGS_TABLE: mailings.table.tableName,
        QUEUE_URL: mailQueue.queue.queueUrl,
      },
      serviceName: 'address-mails',
      timeout: Duration.minutes(2),
    });
    readers.grant(addressMails.function, 'Scan');
    mailings.grant(addressMails.function, 'GetItem', 'PutItem');
    grantSend(addressMails.function, mailQueue);

    const mail = new MailSender(this, 'PostMail', { from: this.mailFrom(), template: postMail });
    const sentMails = new StateTable(this, 'SentMails', this.tableSettings);
    const addresses = new StateTable(this, 'Undeliverable', this.tableSettings);
    const sendMail = new QueueConsumer(this, 'SendMail', {
      ...functions,
      queue: mailQueue,
      // One mail after the other in each: some 20 a second, which a new account of SES may not exceed by much.
      maxConcurrency: 2,
      description: 'Sends each mail once, and none to an address that nobody reads',
      entry: 'lambda/notifications/send-mail.ts',
      environmentSchema: sendMailEnvironment,
      environment: {
        LOG_LEVEL: config.logLevel,
        MAILS_TABLE: sentMails.table.tableName,
        ADDRESSES_TABLE: addresses.table.tableName,
        ...mail.environment,
      },
      serviceName: 'send-mail',
    });
    mail.grantSend(sendMail.function);
    sentMails.grant(sendMail.function, 'GetItem', 'PutItem');
    addresses.grant(sendMail.function, 'GetItem');

    // Feedback: SES → topic → queue → note-undeliverable → the addresses that send-mail leaves out
    const feedback = new FanOutTopic(this, 'MailFeedback', { key: topicKey });
    const feedbackQueue = new DurableQueue(this, 'Feedback', queues);
    feedback.fanOutTo(feedbackQueue, 'everything');
    mail.tellOf(feedback);
    const noteUndeliverable = new QueueConsumer(this, 'NoteUndeliverable', {
      ...consumers,
      queue: feedbackQueue,
      description: 'Marks addresses that nobody reads',
      entry: 'lambda/notifications/note-undeliverable.ts',
      environmentSchema: noteUndeliverableEnvironment,
      environment: { LOG_LEVEL: config.logLevel, ADDRESSES_TABLE: addresses.table.tableName },
      serviceName: 'note-undeliverable',
    });
    addresses.grant(noteUndeliverable.function, 'GetItem', 'PutItem');

    for (const reader of [keepPost, sharePost, addressMails]) payloads.grantRedeem(reader.function);

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new IntakeMonitoring(this, 'IntakeMonitoring', { intake, alarmTopic });
    new FunctionMonitoring(this, 'PublishPostMonitoring', { function: publishPost, alarmTopic });
    new TopicMonitoring(this, 'NewPostMonitoring', { topic: posts, alarmTopic, ...this.topicAlarmSettings });
    new TopicMonitoring(this, 'MailFeedbackMonitoring', {
      topic: feedback,
      alarmTopic,
      ...this.topicAlarmSettings,
    });
    new MailMonitoring(this, 'MailMonitoring', { alarmTopic });
    for (const consumer of [keepPost, sharePost, addressMails, sendMail, noteUndeliverable]) {
      const { queue } = consumer;
      new QueueMonitoring(this, `${queue.node.id}Monitoring`, { queue, alarmTopic, ...this.alarmSettings });
      new ConsumerMonitoring(this, `${consumer.node.id}Monitoring`, { function: consumer, alarmTopic });
      new CfnOutput(this, `${queue.node.id}QueueUrl`, { value: queue.queue.queueUrl });
      new CfnOutput(this, `${queue.node.id}DlqUrl`, { value: queue.deadLetterQueue.queueUrl });
    }

    // What an operator looks at: the way of a post, and its trail in the logs
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Posts come in').intake(intake).function(publishPost).table(requests).topic(posts),
      new DashboardRow('They are kept').queue(databaseQueue).consumer(keepPost).table(keptPosts),
      new DashboardRow('They are shared').queue(socialQueue).consumer(sharePost).table(shares),
      new DashboardRow('Mails are addressed')
        .queue(emailQueue)
        .consumer(addressMails)
        .table(readers)
        .table(mailings),
      new DashboardRow('Mails are sent').queue(mailQueue).consumer(sendMail).table(sentMails),
      new DashboardRow('Mails come back')
        .topic(feedback)
        .queue(feedbackQueue)
        .consumer(noteUndeliverable)
        .table(addresses),
    ]);
    new LogTrail(this, 'Trail', {
      logGroups: [publishPost, keepPost, sharePost, addressMails, sendMail, noteUndeliverable].map(
        ({ function: { logGroup } }) => logGroup,
      ),
      subjectField: 'post_id',
    });

    new CfnOutput(this, 'PostsUrl', {
      value: `${intake.url}${postsPath.slice(1)}`,
      description: 'POST blog posts here, signed',
    });
    new CfnOutput(this, 'NewPostTopicArn', { value: posts.topic.topicArn });
    new CfnOutput(this, 'SocialSecretArn', {
      value: account.secretArn,
      description: 'Put {"url":"https://...","token":"..."} here: the account at the social network',
    });
    new CfnOutput(this, 'ReadersTableName', {
      value: readers.table.tableName,
      description: 'Readers are items with pk READER#<address> and address',
    });
    new CfnOutput(this, 'PostsTableName', { value: keptPosts.table.tableName });
    new CfnOutput(this, 'SharesTableName', { value: shares.table.tableName });
    new CfnOutput(this, 'SentMailsTableName', { value: sentMails.table.tableName });
    new CfnOutput(this, 'UndeliverableTableName', { value: addresses.table.tableName });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }

  /** People and endpoints that the stage names: the topic has words for each. */
  #subscribeOthers(topic: FanOutTopic<PostEvents>, key: MessageKey): void {
    const { postEmails, postPhones, postWebhooks } = this.config;
    const subscribed = { topic, selection: publishedPosts, key };
    for (const endpoint of postEmails) {
      new PersonSubscription(this, endpointId('Email', endpoint), { ...subscribed, by: 'email', endpoint });
    }
    for (const endpoint of postPhones) {
      new PersonSubscription(this, endpointId('Sms', endpoint), { ...subscribed, by: 'sms', endpoint });
    }
    for (const url of postWebhooks) {
      new HttpsSubscription(this, endpointId('Webhook', url), { ...subscribed, url });
    }
  }
}
