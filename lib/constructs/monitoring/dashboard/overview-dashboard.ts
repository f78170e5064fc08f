import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { accountMetric } from '../account-metrics.ts';
import { cloudWatchConsole } from './console-links.ts';

export interface OverviewDashboardProps {
  /** Names of the systems, which those of their queues, functions and topics begin with. */
  readonly systems: readonly string[];

  /** Alarms of what the systems share, whose states are shown at the top. @default [] */
  readonly alarms?: readonly cloudwatch.IAlarm[];
}

/** Columns of a dashboard. */
const columns = 24;
/** Height of a row. */
const height = 5;

/**
 * Dashboard of all systems in an account and region: at the top, the concurrency that they share; then what waits,
 * what crashes and what is not delivered, a row for each. It names no resource of theirs, but searches for metrics by the systems' names: so it is deployed
 * by itself, before or after them, and a system that is not there has empty graphs.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export class OverviewDashboard extends Construct {
  readonly dashboard: cloudwatch.Dashboard;
  /** Where it is in the console. */
  readonly url: string;

  constructor(scope: Construct, id: string, { systems, alarms = [] }: OverviewDashboardProps) {
    super(scope, id);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      widgets: [accountRow(alarms), ...systems.map(system => rowOf(system))],
    });
    this.url = `${cloudWatchConsole}#dashboards:name=${this.dashboard.dashboardName}`;
  }
}

function accountRow(alarms: readonly cloudwatch.IAlarm[]): cloudwatch.IWidget[] {
  const width = columns / 3;
  const graph = (title: string, ...metrics: cloudwatch.IMetric[]) =>
    new cloudwatch.GraphWidget({
      title,
      left: metrics,
      leftYAxis: { min: 0, showUnits: false },
      width,
      height,
    });
  return [
    new cloudwatch.AlarmStatusWidget({ title: 'Alarms of the account', alarms: [...alarms], width, height }),
    graph(
      'concurrency of all functions (count)',
      accountMetric('ConcurrentExecutions'),
      accountMetric('UnreservedConcurrentExecutions'),
      accountMetric('ClaimedAccountConcurrency'),
    ),
    graph('refused invocations of all functions (count)', accountMetric('Throttles')),
  ];
}

function rowOf(system: string): cloudwatch.IWidget[] {
  const alarms = `${cloudWatchConsole}#alarmsV2:?search=${system}`;
  const width = columns / 4;
  const graph = (title: string, search: cloudwatch.SearchExpressionProps) =>
    new cloudwatch.GraphWidget({
      title: `${system}: ${title}`,
      left: [new cloudwatch.SearchExpression(search)],
      leftYAxis: { min: 0, showUnits: false },
      width,
      height,
    });
  return [
    new cloudwatch.TextWidget({
      markdown: `## ${system}\n\n[Alarms](${alarms})\n\n\`docs/systems/${system}.md\``,
      width,
      height,
    }),
    graph('messages in queues and DLQs (count)', {
      expression: searchFor(system, 'AWS/SQS', 'QueueName', 'ApproximateNumberOfMessagesVisible', 'Maximum'),
      label: '',
    }),
    graph('errors of functions (count)', {
      expression: searchFor(system, 'AWS/Lambda', 'FunctionName', 'Errors', 'Sum'),
      label: '',
    }),
    graph('failed deliveries of topics (count)', {
      expression: searchFor(system, 'AWS/SNS', 'TopicName', 'NumberOfNotificationsFailed', 'Sum'),
      label: '',
    }),
  ];
}

/** Names are searched word for word: CloudWatch takes a hyphen for the end of one. */
function searchFor(
  system: string,
  namespace: string,
  dimension: string,
  metricName: string,
  statistic: string,
): string {
  const words = system.split('-').join(' AND ');
  return `SEARCH('{${namespace},${dimension}} MetricName="${metricName}" ${dimension}=(${words})', '${statistic}', 300)`;
}
