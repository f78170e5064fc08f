import { CfnOutput, Duration } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { answerValidSeconds, searchFlightsJob, searchTime } from '../../contracts/travel.ts';
import {
  janitorEnvironment,
  metricsNamespace,
  searchesPath,
  searchServerEnvironment,
  simulatedAirlines,
} from '../../contracts/travel-search.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DurableQueue } from '../constructs/durable-queue.ts';
import { TaskRole } from '../constructs/fleet/container-task.ts';
import { HttpIntake } from '../constructs/http-intake.ts';
import { MessageKey } from '../constructs/message-key.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { repliesGraph, searchesGraph } from '../constructs/monitoring/dashboard/search-graphs.ts';
import { FleetMonitoring } from '../constructs/monitoring/fleet-monitoring.ts';
import { FunctionMonitoring } from '../constructs/monitoring/function-monitoring.ts';
import { LogTrail } from '../constructs/monitoring/log-trail.ts';
import { QueueMonitoring } from '../constructs/monitoring/queue-monitoring.ts';
import { ReplyMonitoring } from '../constructs/monitoring/reply-monitoring.ts';
import { WebMonitoring } from '../constructs/monitoring/web-monitoring.ts';
import { PrivateNetwork } from '../constructs/private-network.ts';
import { grantSend } from '../constructs/queue-grants.ts';
import { ReplyQueues } from '../constructs/reply-queues.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import { StateTable } from '../constructs/state-table.ts';
import { WebService } from '../constructs/web-service.ts';
import { WorkerService } from '../constructs/worker-service.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/** A search waits no longer for a worker than this, or its client would get no answer. */
const acceptableLatency = Duration.seconds(2);

/**
 * A search for flights over HTTP is put on a queue by an application server and done by a worker, which asks
 * the airlines and replies by the server's own queue. What was found is kept for a while, so that it can be
 * had from any server when the first one dies.
 */
export class TravelSearchStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, {
      description:
        'Searches for flights: a web tier, a request queue, workers, and a reply queue for each server',
      ...props,
    });
    const { config, removalPolicy } = this;
    const tier = {
      network: new PrivateNetwork(this, 'Network', {
        services: [...new Set([...WebService.services, ...WorkerService.services])],
        ...this.logSettings,
      }),
      metricsNamespace,
      logLevel: config.logLevel,
      ...this.logSettings,
    };

    // Queues: requests, which live as long as somebody may ask again, and replies, made by who asks
    const requests = new DurableQueue(this, 'Requests', {
      key: new MessageKey(this, 'QueueKey', {
        description: 'Encrypts requests for offers in their queue',
        removalPolicy,
      }),
      visibilityTimeout: Duration.seconds(30),
      retentionPeriod: Duration.seconds(answerValidSeconds),
    });
    const replies = new ReplyQueues(this, 'Replies', { requests });
    const answers = new StateTable(this, 'Answers', this.tableSettings);

    // Workers: request → airlines → answer kept → reply
    const search = new WorkerService(this, 'Search', {
      ...tier,
      queue: requests,
      job: searchFlightsJob,
      environment: {
        AIRLINES: this.#airlines(),
        ANSWERS_TABLE: answers.table.tableName,
        REPLY_QUEUE_URL_PREFIX: replies.urlPrefix,
      },
      serviceName: 'search',
      timePerMessage: Duration.seconds(1),
      acceptableLatency,
      // A search waits for airlines most of its time.
      concurrency: 20,
      jobTimeout: Duration.seconds(30),
      minTasks: config.minSearchWorkers,
      maxTasks: config.maxSearchWorkers,
    });
    replies.grantReply(search.role);
    answers.grant(search.role, 'GetItem', 'PutItem');

    // Web tier: HTTP → request, reply → HTTP
    const webRole = new TaskRole(this, 'WebRole', {
      description: 'What the servers of travel-search may do',
    });
    const web = new WebService(this, 'Web', {
      ...tier,
      entry: 'web/travel-search/main.ts',
      environmentSchema: searchServerEnvironment,
      environment: {
        REQUEST_QUEUE_URL: requests.queue.queueUrl,
        REPLY_QUEUE_URL_PREFIX: replies.urlPrefix,
        REPLY_QUEUE_ARN_PREFIX: replies.arnPrefix,
        REPLY_QUEUE_TAGS: JSON.stringify({ system: id, ...config.tags }),
        OWN_ROLE_ARN: webRole.roleArn,
        REPLIER_ROLE_ARN: search.role.roleArn,
        ANSWERS_TABLE: answers.table.tableName,
      },
      role: webRole,
      serviceName: 'web',
      longestRequest: Duration.millis(searchTime.most + 2_000),
      minTasks: config.minWebServers,
      maxTasks: config.maxWebServers,
    });
    grantSend(webRole, requests);
    replies.grantOwn(webRole);
    answers.grant(webRole, 'GetItem');
    const intake = new HttpIntake(this, 'Intake', {
      ratePerSecond: config.intakeRatePerSecond,
      burst: config.intakeBurst,
      ...this.logSettings,
    });
    intake.routeToService(HttpMethod.POST, searchesPath, web);

    // Janitor: deletes the reply queues of servers that died
    const janitor = new ScheduledFunction(this, 'Janitor', {
      description: 'Deletes reply queues whose servers died without doing it themselves',
      entry: 'lambda/travel-search/delete-orphans.ts',
      environmentSchema: janitorEnvironment,
      environment: { LOG_LEVEL: config.logLevel, REPLY_QUEUE_PREFIX: replies.prefix },
      serviceName: 'janitor',
      metricsNamespace,
      timeout: Duration.minutes(1),
      every: Duration.minutes(15),
      ...this.logSettings,
    });
    replies.grantTidy(janitor);

    // Alarms: whatever fails reaches a person
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new WebMonitoring(this, 'WebMonitoring', { intake, service: web, alarmTopic });
    new ReplyMonitoring(this, 'RepliesMonitoring', { producer: web, alarmTopic });
    new QueueMonitoring(this, 'RequestsMonitoring', {
      queue: requests,
      alarmTopic,
      ...this.alarmSettings,
      maxMessageAge: Duration.minutes(1),
    });
    new FleetMonitoring(this, 'SearchMonitoring', { tier: search, alarmTopic });
    new FunctionMonitoring(this, 'JanitorMonitoring', { function: janitor, alarmTopic });

    // What an operator looks at: the way of a search, and its trail in the logs
    this.showOnDashboard(alarmTopic, [
      new DashboardRow('Searches come in').intake(intake).servers(web).graph(searchesGraph(web)),
      new DashboardRow('Airlines are asked').queue(requests).fleet(search).table(answers),
      new DashboardRow('Replies go back').graph(repliesGraph(web)).function(janitor),
    ]);
    new LogTrail(this, 'Trail', {
      logGroups: [web.logGroup, search.logGroup],
      subjectField: 'search_id',
    });

    new CfnOutput(this, 'SearchesUrl', {
      value: `${intake.url}${searchesPath.slice(1)}`,
      description: 'POST searches here, signed',
    });
    new CfnOutput(this, 'WebServiceName', { value: web.service.serviceName });
    new CfnOutput(this, 'SearchServiceName', { value: search.service.serviceName });
    new CfnOutput(this, 'RequestsQueueUrl', { value: requests.queue.queueUrl });
    new CfnOutput(this, 'RequestsDlqUrl', { value: requests.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'ReplyQueuePrefix', {
      value: replies.prefix,
      description: 'What the names of reply queues begin with: one for each server that runs',
    });
    new CfnOutput(this, 'AnswersTableName', { value: answers.table.tableName });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }

  /** Read from Systems Manager when the stack is deployed, so that each account has its own. */
  #airlines(): string {
    const name = this.config.airlinesParameter;
    if (name === undefined) return JSON.stringify(simulatedAirlines);
    return this.parameterValue(name);
  }
}
