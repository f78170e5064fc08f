import { Duration } from 'aws-cdk-lib';
import { AlarmTopic } from '../../../../../lib/constructs/alarm-topic.ts';
import { DurableQueue } from '../../../../../lib/constructs/durable-queue.ts';
import { DashboardRow } from '../../../../../lib/constructs/monitoring/dashboard/dashboard-row.ts';
import {
  SystemDashboard,
  type SystemDashboardProps,
} from '../../../../../lib/constructs/monitoring/dashboard/system-dashboard.ts';
import { QueueMonitoring } from '../../../../../lib/constructs/monitoring/queue-monitoring.ts';
import { metricsOf, widgetsOf } from '../../../../support/dashboards.ts';
import { onlyResource, templateOf, testStack } from '../../../../support/stack-template.ts';

function dashboardOf(
  rowOf: (queue: DurableQueue, other: DurableQueue) => DashboardRow,
  props: Partial<SystemDashboardProps> = {},
) {
  const stack = testStack();
  const queue = new DurableQueue(stack, 'Payment');
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  new QueueMonitoring(stack, 'PaymentMonitoring', {
    queue,
    alarmTopic,
    maxMessageAge: Duration.minutes(5),
    maxBacklog: 200,
  });
  new SystemDashboard(stack, 'Dashboard', {
    system: 'orders',
    description: 'Orders that are paid',
    rows: [rowOf(queue, new DurableQueue(stack, 'Shipping'))],
    alarms: alarmTopic.alarms,
    ...props,
  });
  return { stack, widgets: widgetsOf(templateOf(stack)) };
}

const payment = (queue: DurableQueue) => new DashboardRow('Payment').queue(queue);

describe('SystemDashboard', () => {
  it('begins with what the system is, where to read on, and the state of its alarms', () => {
    const [introduction, alarms] = dashboardOf(payment).widgets;

    expect(introduction?.properties.markdown).toContain('# orders\n\nOrders that are paid.');
    expect(introduction?.properties.markdown).toContain('`docs/systems/orders.md`');
    expect(introduction?.properties.markdown).toContain('#logsV2:logs-insights');
    expect(alarms).toMatchObject({ type: 'alarm', width: 24 });
    // Five of the queue, and the two that tell of them.
    expect(alarms?.properties.alarms).toHaveLength(7);
  });

  it('links to the pages where they can be read', () => {
    const [introduction] = dashboardOf(payment, { docsUrl: 'https://git.example.com/main' }).widgets;

    expect(introduction?.properties.markdown).toContain(
      '[docs/runbooks/redrive.md](https://git.example.com/main/docs/runbooks/redrive.md)',
    );
  });

  it('shows what a row names from left to right, and its DLQs at the end', () => {
    const { widgets } = dashboardOf((queue, other) => payment(queue).queue(other));

    const graphs = widgets.filter(({ type }) => type === 'metric');
    expect(graphs.map(({ x, width, properties }) => [x, width, properties.title])).toEqual([
      [0, 8, 'Payment: messages (count), age of the oldest (s)'],
      [8, 8, 'Shipping: messages (count), age of the oldest (s)'],
      [16, 8, 'DLQs: messages (count)'],
    ]);
    expect(new Set(graphs.map(({ y }) => y)).size).toBe(1);
    expect(graphs[2] && metricsOf(graphs[2]).map(({ dimensions }) => dimensions.QueueName)).toEqual([
      expect.stringMatching(/^\$\{PaymentDlq/),
      expect.stringMatching(/^\$\{ShippingDlq/),
    ]);
  });

  it('goes on in another line when graphs would be too small to read', () => {
    const five = { title: 'five (count)', left: [] };
    const { widgets } = dashboardOf(() =>
      [1, 2, 3, 4, 5].reduce(row => row.graph(five), new DashboardRow('Five')),
    );

    expect(widgets.filter(({ type }) => type === 'metric').map(({ x, y, width }) => [x, y, width])).toEqual([
      [0, 9, 8],
      [8, 9, 8],
      [16, 9, 8],
      [0, 15, 8],
      [8, 15, 8],
    ]);
  });

  it('heads a row with links to its queues in the console', () => {
    const heading = dashboardOf(payment).widgets.find(({ properties }) =>
      properties.markdown?.startsWith('## Payment'),
    );

    expect(heading?.properties.markdown).toMatch(
      /\[Payment\]\(https:\/\/\$\{AWS::Region\}\.console\.aws\.amazon\.com\/sqs\/v3\/home\?region=\$\{AWS::Region\}#\/queues\/https%3A%2F%2Fsqs\.\$\{AWS::Region\}\.\$\{AWS::URLSuffix\}%2F\$\{AWS::AccountId\}%2F\$\{Payment\w+\.QueueName\}\)/,
    );
    expect(heading?.properties.markdown).toContain('[Payment/Dlq](');
  });

  it('draws a line where an alarm goes off, but not at the first of something', () => {
    const { widgets } = dashboardOf(payment);

    const lines = widgets.flatMap(({ properties }) =>
      (properties.annotations?.horizontal ?? []).map(({ value, label }) => ({ value, label })),
    );
    expect(lines).toEqual([
      { value: 200, label: expect.stringContaining('> 200 for 3 datapoints within 15 minutes') },
      { value: 300, label: expect.stringContaining('> 300 for 3 datapoints within 3 minutes') },
    ]);
  });

  it('is named by CloudFormation', () => {
    const { stack } = dashboardOf(payment);

    expect(onlyResource(stack, 'AWS::CloudWatch::Dashboard').Properties.DashboardName).toBeUndefined();
  });
});
