import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { cloudWatchConsole } from './console-links.ts';

export interface OverviewDashboardProps {
  /** Names of the systems, which those of their queues, functions and topics begin with. */
  readonly systems: readonly string[];
}

/** Columns of a dashboard. */
const columns = 24;

/**
 * Dashboard of all systems in an account and region: what waits, what crashes and what is not delivered, a row
 * for each. It names no resource of theirs, but searches for metrics by the systems' names: so it is deployed
 * by itself, before or after them, and a system that is not there has empty graphs.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export class OverviewDashboard extends Construct {
  readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, { systems }: OverviewDashboardProps) {
    super(scope, id);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      widgets: systems.map(system => rowOf(system)),
    });
  }
}

function rowOf(system: string): cloudwatch.IWidget[] {
  const alarms = `${cloudWatchConsole}#alarmsV2:?search=${system}`;
  const width = columns / 4;
  const height = 5;
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
