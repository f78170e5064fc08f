import { deadLetterQueueOf } from '../../../contracts/broker.ts';
import { orderTopology } from '../../../contracts/message-broker.ts';
import { heardThroughComposites } from '../../../lib/validation/alarm-rules.ts';
import { alarmMetrics, inWords, metricsOf, type NamedMetric, widgetsOf } from '../../support/dashboards.ts';
import { awsMetrics, type MetricNamespace, ownMetrics } from '../../support/metric-catalogue.ts';
import { resourcesOfType } from '../../support/stack-template.ts';
import { synthesizedApp, systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';

const everyTemplate = [
  ...(
    [
      ['dev', {}],
      ['prod', { eventStream: 'on-demand' }],
    ] as const
  ).flatMap(([stage, context]) => {
    const { stackNames, template } = synthesizedApp(stage, context);
    return stackNames.map(name => ({ name: `${name} of ${stage}`, template: template(name) }));
  }),
  ...(['dev', 'prod'] as const).map(stage => ({
    name: `message-broker on ActiveMQ of ${stage}`,
    template: systemTemplate('message-broker', stage, { brokerEngine: 'activemq' }),
  })),
];

/** What brokers have that is in no template: their programs declare it. */
const namesOnBrokers: Readonly<Record<string, readonly string[]>> = {
  Queue: orderTopology.queues.flatMap(queue => [
    queue.name,
    deadLetterQueueOf(queue, 'amqp'),
    deadLetterQueueOf(queue, 'stomp'),
  ]),
  VirtualHost: ['/'],
};

/** Type of the resource that a dimension names. */
const typeByDimension: Readonly<Record<string, string>> = {
  ApiId: 'AWS::ApiGatewayV2::Api',
  Broker: 'AWS::AmazonMQ::Broker',
  AutoScalingGroupName: 'AWS::AutoScaling::AutoScalingGroup',
  ClusterName: 'AWS::ECS::Cluster',
  DeliveryStreamName: 'AWS::KinesisFirehose::DeliveryStream',
  FunctionName: 'AWS::Lambda::Function',
  // Its name is a part of its listener's ARN.
  LoadBalancer: 'AWS::ElasticLoadBalancingV2::Listener',
  LogGroupName: 'AWS::Logs::LogGroup',
  QueueName: 'AWS::SQS::Queue',
  RuleName: 'AWS::Events::Rule',
  ScheduleGroup: 'AWS::Scheduler::ScheduleGroup',
  ServiceName: 'AWS::ECS::Service',
  StateMachineArn: 'AWS::StepFunctions::StateMachine',
  StreamName: 'AWS::Kinesis::Stream',
  TableName: 'AWS::DynamoDB::Table',
  TargetGroup: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  TopicName: 'AWS::SNS::Topic',
};

/** A reference at the beginning: what follows is the part of it that a load balancer's metrics want. */
const referred = (value: string) => /^\$\{(\w+)[.}]/.exec(value)?.[1];

/** What is wrong with a metric of a template: why there would never be a value of it. */
function faultsOf(metric: NamedMetric, template: TemplateJson): string[] {
  const { namespace, metricName, dimensions } = metric;
  const programs = emittersOf(template);
  const known =
    awsMetrics[namespace] ??
    filteredMetrics(template).get(namespace) ??
    (programs.has(namespace) ? ownMetrics : undefined);
  if (!known) return [`namespace ${namespace}`];
  const names = Object.keys(dimensions).sort();
  return [
    ...(known.metrics.includes(metricName) ? [] : [`metric ${namespace} ${metricName}`]),
    ...(known.dimensions.some(set => [...set].sort().join() === names.join())
      ? []
      : [`dimensions ${names.join()} of ${namespace} ${metricName}`]),
    ...Object.entries(dimensions)
      .filter(([name, value]) =>
        known === ownMetrics
          ? !programs.get(namespace)?.has(value)
          : !(namesOnBrokers[name]?.includes(value) || namesResource(template, typeByDimension[name], value)),
      )
      .map(([name, value]) => `${name} ${value} of ${namespace} ${metricName}`),
  ];
}

function namesResource(template: TemplateJson, type: string | undefined, value: string): boolean {
  const id = referred(value);
  if (id !== undefined) return template.Resources[id]?.Type === type;
  // A name that the template itself gives, so that others need not refer to the resource.
  return resourcesOfType(template, type ?? '').some(([, { Properties }]) =>
    Object.entries(Properties).some(
      ([property, name]) => /Name$/.test(property) && namesUnder(String(name), Properties).includes(value),
    ),
  );
}

/** Names under which metrics come of what has a name: those of its instances, of an ActiveMQ broker. */
function namesUnder(
  name: string,
  { EngineType, DeploymentMode }: Readonly<Record<string, unknown>>,
): string[] {
  if (EngineType !== 'ACTIVEMQ') return [name];
  return DeploymentMode === 'SINGLE_INSTANCE' ? [`${name}-1`] : [`${name}-1`, `${name}-2`];
}

/** Metrics that filters make of logs, by their namespace. */
function filteredMetrics(template: TemplateJson): ReadonlyMap<string, MetricNamespace> {
  const made = resourcesOfType(template, 'AWS::Logs::MetricFilter').flatMap(
    ([, { Properties }]) =>
      Properties.MetricTransformations as { MetricNamespace: string; MetricName: string }[],
  );
  return new Map(
    made.map(({ MetricNamespace: namespace }) => [
      namespace,
      {
        dimensions: [[]],
        metrics: made.filter(other => other.MetricNamespace === namespace).map(other => other.MetricName),
      },
    ]),
  );
}

/** Services that emit metrics, by their namespace, as their environments say. */
function emittersOf(template: TemplateJson): ReadonlyMap<string, ReadonlySet<string>> {
  const emitters = new Map<string, Set<string>>();
  for (const [, { Type, Properties }] of Object.entries(template.Resources)) {
    for (const { namespace, service } of programsOf(Type, Properties)) {
      emitters.set(namespace, (emitters.get(namespace) ?? new Set()).add(service));
    }
  }
  return emitters;
}

function programsOf(type: string, properties: Readonly<Record<string, unknown>>) {
  const text = (value: unknown) => JSON.stringify(value);
  const found =
    type === 'AWS::Lambda::Function'
      ? text(properties.Environment)
      : type === 'AWS::ECS::TaskDefinition'
        ? text(properties.ContainerDefinitions)
        : type === 'AWS::EC2::LaunchTemplate'
          ? text(properties.LaunchTemplateData)
          : '';
  const variable = (name: string) =>
    // As JSON of a variable, of a list of variables, or in a script.
    new RegExp(`${name}(?:":"|","Value":"|=\\\\*")([\\w-]+)`).exec(found)?.[1];
  const namespace = variable('POWERTOOLS_METRICS_NAMESPACE');
  const service = variable('POWERTOOLS_SERVICE_NAME');
  return namespace && service ? [{ namespace, service }] : [];
}

describe.each(everyTemplate)('$name', ({ template }) => {
  const widgets = widgetsOf(template);
  const shown = widgets.flatMap(metricsOf);

  it('has alarms of metrics that there are', () => {
    const watched = alarmMetrics(template);
    expect(watched.length).toBeGreaterThan(0);
    expect(watched.flatMap(metric => faultsOf(metric, template))).toEqual([]);
  });

  it('has graphs of metrics that there are', () => {
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.flatMap(metric => faultsOf(metric, template))).toEqual([]);
  });

  it.each(['AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::Lambda::Function', 'AWS::DynamoDB::Table'])(
    'shows every %s on its dashboard',
    type => {
      const dimension = Object.entries(typeByDimension).find(([, typed]) => typed === type)?.[0] ?? '';
      const onDashboard = new Set(shown.map(({ dimensions }) => referred(dimensions[dimension] ?? '')));
      const there = resourcesOfType(template, type)
        .filter(([, { Properties }]) => !String(Properties.DisplayName).startsWith('Alarms of '))
        .map(([id]) => id);
      expect(there.filter(id => !onDashboard.has(id))).toEqual([]);
    },
  );

  it('shows the state of every alarm that tells somebody', () => {
    const states = widgets.flatMap(({ properties }) => properties.alarms ?? []).map(referred);
    const heard = heardThroughComposites(template);
    const telling = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']
      .flatMap(type => resourcesOfType(template, type))
      .filter(([id, { Properties }]) => Properties.OKActions !== undefined || heard.has(id));
    expect(telling.map(([id]) => id).filter(id => !states.includes(id))).toEqual([]);
    // As many as CloudWatch shows in one widget.
    expect(states.length).toBeLessThanOrEqual(100);
  });

  it('has graphs that do not overlap, side by side in 24 columns', () => {
    expect(widgets.filter(({ x, width }) => x + width > 24 || width < 1)).toEqual([]);
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from(
        { length: width * height },
        (_, cell) => `${x + (cell % width)}/${y + Math.floor(cell / width)}`,
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('says in the title of each graph in which units it is, and what each alarm line is', () => {
    const graphs = widgets.filter(({ type }) => type === 'metric');
    expect(graphs.map(({ properties }) => properties.title)).toEqual(
      graphs.map(() => expect.stringMatching(/\((bytes|count|units|ms|s|%)\)$/)),
    );
    const lines = graphs.flatMap(({ properties }) => properties.annotations?.horizontal ?? []);
    expect(lines.filter(({ label, value }) => !label || value <= 1)).toEqual([]);
  });

  it('searches the logs of all programs for one subject, each once', () => {
    const searched = resourcesOfType(template, 'AWS::Logs::QueryDefinition').flatMap(([, { Properties }]) =>
      (Properties.LogGroupNames as unknown[]).map(name => referred(inWords(name)) ?? ''),
    );
    const programs = resourcesOfType(template, 'AWS::Logs::LogGroup')
      .map(([id]) => id)
      // What services write themselves, and who does nothing of a subject's.
      .filter(id => !/AccessLog|FlowLog|^OrdersLogs|^Archive|^ChangesLog|^Janitor|^Redriver/.test(id));
    expect([...searched].sort()).toEqual([...programs].sort());
  });
});

it('finds metrics that there are not', () => {
  const { template } = synthesizedApp('dev');
  const orders = template('order-processing');
  const [queue] = resourcesOfType(orders, 'AWS::SQS::Queue')[0] ?? [];
  const of = (namespace: string, metricName: string, dimensions: NamedMetric['dimensions']) =>
    faultsOf({ namespace, metricName, dimensions }, orders);

  expect(
    of('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: `\${${queue}.QueueName}` }),
  ).toEqual([]);
  expect(of('AWS/SQS', 'MessagesVisible', { QueueName: `\${${queue}.QueueName}` })).toHaveLength(1);
  expect(of('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: 'orders' })).toHaveLength(1);
  expect(
    of('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { TopicName: `\${${queue}.QueueName}` }),
  ).toHaveLength(2);
  expect(of('OrderProcessing', 'FailedRecords', { service: 'payment' })).toEqual([]);
  expect(of('OrderProcessing', 'FailedRecords', { service: 'payments' })).toHaveLength(1);
  expect(of('Orders', 'FailedRecords', { service: 'payment' })).toHaveLength(1);
});

it('leaves dashboards out where the stage wants none, and keeps the queries', () => {
  const { stackNames, template } = synthesizedApp('dev', { dashboards: 'off' });
  const ofType = (type: string) => stackNames.flatMap(name => resourcesOfType(template(name), type));
  expect(ofType('AWS::CloudWatch::Dashboard')).toEqual([]);
  expect(ofType('AWS::Logs::QueryDefinition').length).toBeGreaterThan(5);
});
