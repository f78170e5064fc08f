import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { alarmLines } from './alarm-lines.ts';
import { cloudWatchConsole, logsInsightsLink, tracesLink } from './console-links.ts';
import type { DashboardRow } from './dashboard-row.ts';
import type { Graph } from './graph.ts';

/** Columns of a dashboard. */
const columns = 24;
/** More graphs than these side by side are too small to read. */
const mostAbreast = 4;

export interface SystemDashboardProps {
  /** Name of the system, and of its page under docs/systems. */
  readonly system: string;
  /** What the system is, in a sentence. */
  readonly description: string;

  /** The message's way through the system, from where it comes in. */
  readonly rows: readonly DashboardRow[];

  /** Those whose state is shown, and whose thresholds are lines in the graphs. */
  readonly alarms: readonly cloudwatch.AlarmBase[];

  /**
   * Where the repository's files can be read, without a slash at the end.
   *
   * @default - pages are named and not linked
   */
  readonly docsUrl?: string | undefined;
}

/**
 * Dashboard of one system, which follows its messages from left to right and from top to bottom, after the
 * state of all alarms: where the line in one graph goes on and that in the next one stops, there they are.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
 */
export class SystemDashboard extends Construct {
  readonly dashboard: cloudwatch.Dashboard;
  /** Address of the dashboard in the console. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: SystemDashboardProps) {
    super(scope, id);
    const { alarms, rows } = props;
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      widgets: [
        [introduction(props)],
        [
          new cloudwatch.AlarmStatusWidget({
            title: 'Alarms',
            alarms: [...alarms],
            width: columns,
            height: 4,
          }),
        ],
        ...rows.flatMap(row => [[headingOf(row)], ...linesOf(row.graphs, alarms)]),
      ],
    });
    this.url = `${cloudWatchConsole}#dashboards:name=${this.dashboard.dashboardName}`;
  }
}

function introduction({ system, description, docsUrl }: SystemDashboardProps): cloudwatch.IWidget {
  const page = (path: string) => (docsUrl === undefined ? `\`${path}\`` : `[${path}](${docsUrl}/${path})`);
  return new cloudwatch.TextWidget({
    markdown: [
      `# ${system}`,
      `${description}. Messages go from left to right; the DLQs are at the right end, and empty.`,
      [
        page(`docs/systems/${system}.md`),
        page('docs/operations.md'),
        page('docs/runbooks/redrive.md'),
        logsInsightsLink,
        tracesLink,
      ].join(' · '),
    ].join('\n\n'),
    width: columns,
    height: 3,
  });
}

function headingOf({ title, links }: DashboardRow): cloudwatch.IWidget {
  return new cloudwatch.TextWidget({
    markdown: [`## ${title}`, links.join(' · ')].filter(text => text !== '').join('\n\n'),
    width: columns,
    height: 2,
    background: cloudwatch.TextWidgetBackground.TRANSPARENT,
  });
}

/** Graphs in as few lines as they can be read in, each line as wide as the dashboard. */
function linesOf(graphs: readonly Graph[], alarms: readonly cloudwatch.AlarmBase[]): cloudwatch.IWidget[][] {
  const lines = Math.ceil(graphs.length / mostAbreast);
  const abreast = Math.ceil(graphs.length / lines);
  const width = columns / Math.max(abreast, 2);
  return Array.from({ length: lines }, (_, line) =>
    graphs.slice(line * abreast, (line + 1) * abreast).map(
      ({ title, left, right = [] }) =>
        new cloudwatch.GraphWidget({
          title,
          left: [...left],
          right: [...right],
          leftAnnotations: alarmLines(left, alarms),
          rightAnnotations: alarmLines(right, alarms),
          leftYAxis: { min: 0, showUnits: false },
          ...(right.length > 0 && { rightYAxis: { min: 0, showUnits: false } }),
          liveData: false,
          width,
          height: 6,
        }),
    ),
  );
}
