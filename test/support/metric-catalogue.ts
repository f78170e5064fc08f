import {
  failedRecordsMetric,
  failedRecordsMetrics,
  leftRecordsMetric,
  serviceDimension,
} from '../../contracts/metrics.ts';
import { redriverMetrics } from '../../contracts/redriver.ts';
import { orphansDeletedMetric, replyMetrics } from '../../contracts/replies.ts';
import { flightMetrics, searchMetrics } from '../../contracts/travel-search.ts';
import { workerMetrics } from '../../contracts/worker.ts';

/** Metrics of a namespace, and the sets of dimensions under which they can be had. */
export interface MetricNamespace {
  readonly dimensions: readonly (readonly string[])[];
  readonly metrics: readonly string[];
}

/** Metrics of SQS that are there for the quiet message groups of a queue too. */
const sqsByFairness = [
  'ApproximateAgeOfOldestMessage',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesVisible',
];

/**
 * What AWS services report, as far as it is of use here, each under the page that tells of it. A metric that
 * does not exist makes no error anywhere: its graph is empty, and its alarm never goes off.
 */
export const awsMetrics: Readonly<Record<string, MetricNamespace>> = {
  // https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html
  // https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/activemq-logging-monitoring.html
  'AWS/AmazonMQ': {
    dimensions: [['Broker'], ['Broker', 'Queue'], ['Broker', 'VirtualHost', 'Queue']],
    metrics: [
      'AckRate',
      'ConfirmRate',
      'ConnectionCount',
      'ConsumerCount',
      'CpuUtilization',
      'CurrentConnectionsCount',
      'HeapUsage',
      'InFlightCount',
      'MessageCount',
      'MessageReadyCount',
      'MessageUnacknowledgedCount',
      'PublishRate',
      'QueueSize',
      'RabbitMQDiskFree',
      'RabbitMQDiskFreeLimit',
      'RabbitMQMemLimit',
      'RabbitMQMemUsed',
      'StorePercentUsage',
      'SystemCpuUtilization',
      'TotalMessageCount',
    ],
  },
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
  'AWS/ApiGateway': {
    dimensions: [['ApiId'], ['ApiId', 'Stage']],
    metrics: ['4xx', '5xx', 'Count', 'DataProcessed', 'IntegrationLatency', 'Latency'],
  },
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
  'AWS/ApplicationELB': {
    dimensions: [['LoadBalancer', 'TargetGroup']],
    metrics: ['HealthyHostCount', 'RequestCount', 'TargetResponseTime', 'UnHealthyHostCount'],
  },
  // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html
  'AWS/AutoScaling': {
    dimensions: [['AutoScalingGroupName']],
    metrics: ['GroupDesiredCapacity', 'GroupInServiceInstances'],
  },
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
  'AWS/DynamoDB': {
    dimensions: [['TableName']],
    metrics: [
      'ConsumedReadCapacityUnits',
      'ConsumedWriteCapacityUnits',
      'ReadThrottleEvents',
      'WriteThrottleEvents',
    ],
  },
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
  'AWS/Events': {
    dimensions: [['RuleName']],
    metrics: ['FailedInvocations', 'Invocations', 'InvocationsFailedToBeSentToDlq', 'InvocationsSentToDlq'],
  },
  // https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
  'AWS/Firehose': {
    dimensions: [['DeliveryStreamName']],
    metrics: [
      'DeliveryToS3.DataFreshness',
      'DeliveryToS3.Records',
      'IncomingRecords',
      'PartitionCountExceeded',
      'ThrottledRecords',
    ],
  },
  // https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
  'AWS/Kinesis': {
    dimensions: [['StreamName']],
    metrics: ['GetRecords.IteratorAgeMilliseconds', 'IncomingRecords', 'WriteProvisionedThroughputExceeded'],
  },
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  'AWS/Lambda': {
    // Without one, what all functions of the account do in the region.
    dimensions: [['FunctionName'], []],
    metrics: [
      'ClaimedAccountConcurrency',
      'ConcurrentExecutions',
      'DestinationDeliveryFailures',
      'Duration',
      'Errors',
      'Invocations',
      'Throttles',
      'UnreservedConcurrentExecutions',
    ],
  },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
  'AWS/Logs': {
    dimensions: [['LogGroupName']],
    metrics: ['IncomingLogEvents'],
  },
  // https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
  'AWS/SES': {
    dimensions: [[]],
    metrics: ['Reputation.BounceRate', 'Reputation.ComplaintRate'],
  },
  // https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
  'AWS/SNS': {
    dimensions: [['TopicName']],
    metrics: [
      'NumberOfMessagesPublished',
      'NumberOfNotificationsDelivered',
      'NumberOfNotificationsFailed',
      'NumberOfNotificationsFailedToRedriveToDlq',
      'NumberOfNotificationsFilteredOut',
      'NumberOfNotificationsFilteredOut-NoMessageAttributes',
      'NumberOfNotificationsRedrivenToDlq',
    ],
  },
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  'AWS/SQS': {
    dimensions: [['QueueName']],
    metrics: [
      ...sqsByFairness,
      ...sqsByFairness.map(name => `${name}InQuietGroups`),
      'ApproximateNumberOfNoisyGroups',
      'NumberOfMessagesDeleted',
      'NumberOfMessagesReceived',
      'NumberOfMessagesSent',
    ],
  },
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
  'AWS/Scheduler': {
    dimensions: [['ScheduleGroup']],
    metrics: [
      'InvocationAttemptCount',
      'InvocationDroppedCount',
      'InvocationsFailedToBeSentToDeadLetterCount',
      'InvocationsSentToDeadLetterCount',
      'TargetErrorCount',
    ],
  },
  // https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
  'AWS/States': {
    dimensions: [['StateMachineArn']],
    metrics: [
      'ExecutionThrottled',
      'ExecutionTime',
      'ExecutionsAborted',
      'ExecutionsFailed',
      'ExecutionsStarted',
      'ExecutionsSucceeded',
      'ExecutionsTimedOut',
    ],
  },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
  'ECS/ContainerInsights': {
    dimensions: [['ClusterName', 'ServiceName']],
    metrics: ['DesiredTaskCount', 'RunningTaskCount'],
  },
};

/** What the project's own programs emit, in the namespace of their system. */
export const ownMetrics: MetricNamespace = {
  dimensions: [[serviceDimension]],
  metrics: [
    failedRecordsMetric,
    ...Object.values(failedRecordsMetrics),
    leftRecordsMetric,
    orphansDeletedMetric,
    ...Object.values(flightMetrics),
    ...Object.values(redriverMetrics),
    ...Object.values(replyMetrics),
    ...Object.values(searchMetrics),
    ...Object.values(workerMetrics),
  ],
};
