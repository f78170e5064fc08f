import { systemNames } from '../../../../../bin/systems.ts';
import { OverviewDashboard } from '../../../../../lib/constructs/monitoring/dashboard/overview-dashboard.ts';
import { type Widget, widgetsOf } from '../../../../support/dashboards.ts';
import { awsMetrics } from '../../../../support/metric-catalogue.ts';
import { resourcesOfType, templateOf, testStack } from '../../../../support/stack-template.ts';

/** How many widgets are about what the systems share: the first row. */
const sharedWidgets = 3;

function overviewOf(...systems: string[]) {
  const stack = testStack();
  new OverviewDashboard(stack, 'Overview', { systems });
  return templateOf(stack);
}

/** The searches of a graph. */
function searchesOf({ properties }: Widget): string[] {
  return (properties.metrics ?? []).flatMap(row =>
    row.map(part => (part as { expression?: string }).expression ?? ''),
  );
}

describe('OverviewDashboard', () => {
  it('has a row for each system, over the whole width', () => {
    const widgets = widgetsOf(overviewOf('order-processing', 'order-ledger')).slice(sharedWidgets);

    expect(widgets.map(({ x, y, width }) => [x, y, width])).toEqual(
      [5, 10].flatMap(y => [0, 6, 12, 18].map(x => [x, y, 6])),
    );
    expect(widgets.map(({ properties }) => properties.title ?? properties.markdown?.split('\n')[0])).toEqual(
      ['order-processing', 'order-ledger'].flatMap(system => [
        `## ${system}`,
        `${system}: messages in queues and DLQs (count)`,
        `${system}: errors of functions (count)`,
        `${system}: failed deliveries of topics (count)`,
      ]),
    );
  });

  it('searches for metrics that there are, by all words of the system, one search a graph', () => {
    const searches = widgetsOf(overviewOf('order-processing')).slice(sharedWidgets).map(searchesOf);

    expect(searches.map(({ length }) => length)).toEqual([0, 1, 1, 1]);
    for (const [search = ''] of searches.slice(1)) {
      const [, namespace = '', dimension = '', metricName = '', named, words] =
        /^SEARCH\('\{([\w/]+),(\w+)\} MetricName="(\w+)" (\w+)=\((.+)\)', '(?:Maximum|Sum)', 300\)$/.exec(
          search,
        ) ?? [];
      expect(awsMetrics[namespace]?.metrics).toContain(metricName);
      expect(awsMetrics[namespace]?.dimensions).toContainEqual([dimension]);
      expect([named, words]).toEqual([dimension, 'order AND processing']);
    }
  });

  it('takes no system for another: the words of one are never among those of the next', () => {
    const words = systemNames.map(name => name.split('-'));
    for (const [index, some] of words.entries()) {
      const others = words.filter((_, other) => other !== index);
      expect(others.filter(those => some.every(word => those.includes(word)))).toEqual([]);
    }
  });

  it('refers to nothing of the systems', () => {
    const template = overviewOf(...systemNames);
    expect(Object.keys(template.Resources)).toHaveLength(1);
    expect(resourcesOfType(template, 'AWS::CloudWatch::Dashboard')).toHaveLength(1);
    expect(JSON.stringify(template)).not.toContain('ImportValue');
  });
});
