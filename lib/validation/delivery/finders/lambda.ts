import type { DeployedResource } from '../app/deployed-stack.ts';
import { type Edge, unseenEdge } from '../edge.ts';
import type { Call, Proof } from '../questions.ts';
import { rolePath } from '../role-path.ts';
import { byRole, outside } from './finder.ts';

const lambda = 'lambda.amazonaws.com';

/** What a function needs of the source that Lambda polls for it. */
const polling: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::GlobalTable': [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
  ],
  'AWS::DynamoDB::Table': ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
  'AWS::Kinesis::Stream': ['kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator'],
  'AWS::SQS::Queue': ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
};

/** The calls by which a role takes what a source holds. */
export function pollingCalls(source: DeployedResource, arn: unknown): readonly Call[] {
  return (polling[source.type] ?? []).map(action => ({
    action,
    target: source,
    // A table is polled by its stream.
    ...(source.type.startsWith('AWS::DynamoDB') && { arn: String(arn).replace(source.ref, source.name) }),
  }));
}

interface MappingSecrets {
  readonly Type: string;
  readonly URI: unknown;
}

export function mappingEdges(mapping: DeployedResource, proof: Proof): readonly Edge[] {
  const { app } = proof;
  const fn = app.referredTo(mapping.property('FunctionName'));
  const role = fn?.property('Role');
  const reference = mapping.property('EventSourceArn');
  const source = app.referredTo(reference) ?? app.referredTo(String(reference).split('/stream/')[0]);
  const ends = {
    kind: 'Event source mapping',
    by: mapping,
    from: source?.path ?? outside(reference),
    to: fn?.path ?? outside(mapping.property('FunctionName')),
  };
  const onFailure = (
    mapping.property('DestinationConfig') as
      | { readonly OnFailure?: { readonly Destination?: unknown } }
      | undefined
  )?.OnFailure?.Destination;
  const discarded =
    onFailure === undefined || !fn
      ? []
      : [
          byRole(
            proof,
            {
              kind: 'On-failure destination of a mapping',
              by: mapping,
              from: fn.path,
              role,
              service: lambda,
            },
            onFailure,
          ),
        ];
  const calls = source ? [...pollingCalls(source, reference), ...brokerCalls(source, mapping, proof)] : [];
  if (!fn || !source || calls.length === 0) {
    return [
      unseenEdge(
        ends,
        source
          ? `no rule knows how ${source.type} is polled`
          : 'its source or its function is not in this app',
        'Grant the role what polling needs, then acknowledge the finding for this mapping.',
      ),
      ...discarded,
    ];
  }
  return [rolePath(proof, { ...ends, role, service: lambda, calls }), ...discarded];
}

/** A broker is found by its ARN, and logged in to with what a secret holds. */
function brokerCalls(source: DeployedResource, mapping: DeployedResource, { app }: Proof): readonly Call[] {
  if (source.type !== 'AWS::AmazonMQ::Broker') return [];
  const accesses = (mapping.property('SourceAccessConfigurations') ?? []) as readonly MappingSecrets[];
  const secrets = accesses.flatMap(({ URI }) => app.referredTo(URI) ?? []);
  return [
    { action: 'mq:DescribeBroker', target: source },
    ...secrets.map(secret => ({ action: 'secretsmanager:GetSecretValue', target: secret })),
  ];
}

/** A function that was invoked asynchronously gives up to its DLQ. */
export function functionEdges(fn: DeployedResource, proof: Proof): readonly Edge[] {
  const config = fn.property('DeadLetterConfig') as { readonly TargetArn?: unknown } | undefined;
  if (config?.TargetArn === undefined) return [];
  return [
    byRole(
      proof,
      { kind: 'DLQ of a function', by: fn, from: fn.path, role: fn.property('Role'), service: lambda },
      config.TargetArn,
    ),
  ];
}

interface Destinations {
  readonly OnFailure?: { readonly Destination?: unknown };
  readonly OnSuccess?: { readonly Destination?: unknown };
}

/** Where the outcome of asynchronous invocations goes. */
export function invokeConfigEdges(config: DeployedResource, proof: Proof): readonly Edge[] {
  const { OnFailure, OnSuccess } = (config.property('DestinationConfig') ?? {}) as Destinations;
  const fn = proof.app.referredTo(config.property('FunctionName'));
  return [
    { kind: 'On-failure destination', to: OnFailure?.Destination },
    { kind: 'On-success destination', to: OnSuccess?.Destination },
  ]
    .filter(({ to }) => to !== undefined)
    .map(({ kind, to }) => {
      const from = fn?.path ?? outside(config.property('FunctionName'));
      return byRole(proof, { kind, by: config, from, role: fn?.property('Role'), service: lambda }, to);
    });
}
