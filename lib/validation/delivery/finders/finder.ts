import type { DeployedResource } from '../app/deployed-stack.ts';
import { isUnresolved, unresolvedIn } from '../app/intrinsics.ts';
import { arnParts } from '../app/place.ts';
import { type Edge, unseenEdge } from '../edge.ts';
import type { Call, Proof } from '../questions.ts';
import { type RolePathProps, rolePath } from '../role-path.ts';
import { type DeliverySource, type ServicePathProps, servicePath } from '../service-path.ts';

/** Finds the edges along which a resource of one type delivers. */
export type FindEdges = (resource: DeployedResource, proof: Proof) => readonly Edge[];

/** What a service or role does to deliver into a resource, by the service that the resource is of. */
const deliveries: Readonly<Record<string, readonly string[]>> = {
  events: ['events:PutEvents'],
  firehose: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
  kinesis: ['kinesis:PutRecord', 'kinesis:PutRecords'],
  lambda: ['lambda:InvokeFunction'],
  s3: ['s3:PutObject'],
  sns: ['sns:Publish'],
  sqs: ['sqs:SendMessage'],
  states: ['states:StartExecution'],
};

/**
 * The calls by which anything delivers into a resource; none where that is not known.
 *
 * @param objects keys of what is written, into a bucket.
 */
export function deliveryCalls(
  target: DeployedResource,
  objects: readonly string[] = ['made-up'],
): readonly Call[] {
  const { arn = '' } = target;
  const service = arnParts(arn)?.service ?? '';
  return (deliveries[service] ?? []).flatMap(action =>
    service === 's3' ? objects.map(key => ({ action, target, arn: `${arn}/${key}` })) : [{ action, target }],
  );
}

/** What a value of a template is called in messages, where it refers to nothing of the app. */
export function outside(reference: unknown): string {
  if (reference === undefined) return 'nothing';
  if (!isUnresolved(reference)) return typeof reference === 'string' ? reference : JSON.stringify(reference);
  return unresolvedIn(reference);
}

const notOfThisApp = 'what it delivers to is not in this app';
const askTheOwner =
  'Let the stack that owns the other end let this one in, then acknowledge the finding for this resource and say where.';

/** A resource as the source of what a service delivers. */
export function sourceFrom({ path, arn, account, name }: DeployedResource): DeliverySource {
  return { path, arn: arn ?? '', account, name };
}

/** The source that a reference names, in the app or not; an import is only known by its name. */
export function sourceNamed(reference: unknown, by: DeployedResource, proof: Proof): DeliverySource {
  const found = proof.app.referredTo(reference);
  if (found?.arn) return sourceFrom(found);
  const arn = String(reference);
  return {
    path: outside(reference),
    arn,
    account: arnParts(arn)?.account || by.account,
    name: arn.split(':').at(-1) ?? arn,
  };
}

type ServiceDelivery = Pick<ServicePathProps, 'kind' | 'by' | 'service' | 'source'>;

/** Delivery by a service into what a property names. */
export function byService(proof: Proof, delivery: ServiceDelivery, to: unknown): Edge {
  const target = proof.app.referredTo(to);
  const { kind, by, source } = delivery;
  const ends = { kind, by, from: source.path, to: target?.path ?? outside(to) };
  if (!target) return unseenEdge(ends, notOfThisApp, askTheOwner);
  const calls = deliveryCalls(target);
  if (calls.length === 0)
    return unseenEdge(ends, `no rule knows how ${target.type} is delivered to`, newRule);
  return whereDecided(servicePath(proof, { ...delivery, target, calls }), by, target);
}

type RoleDelivery = Pick<
  RolePathProps,
  'kind' | 'by' | 'from' | 'role' | 'service' | 'source' | 'otherSources' | 'assumedWith'
> & {
  /** Keys of what is written into a bucket. */
  readonly objects?: readonly string[];
};

/** Delivery under a role into what a property names. */
export function byRole(proof: Proof, { objects, ...delivery }: RoleDelivery, to: unknown): Edge {
  const target = proof.app.referredTo(to);
  const { kind, by, from } = delivery;
  const ends = { kind, by, from, to: target?.path ?? outside(to) };
  if (!target) return unseenEdge(ends, notOfThisApp, askTheOwner);
  const calls = deliveryCalls(target, objects);
  if (calls.length === 0)
    return unseenEdge(ends, `no rule knows how ${target.type} is delivered to`, newRule);
  return whereDecided(rolePath(proof, { ...delivery, to: target.path, calls }), by, target);
}

const newRule = 'Add how it delivers to lib/validation/delivery/finders.';

/** A delivery in a way that has no rule yet. */
export function unknownDelivery(by: DeployedResource, how: string, to = 'somewhere'): Edge {
  return unseenEdge({ kind: how, by, from: by.path, to }, `no rule knows how ${by.type} delivers`, newRule);
}

/** An edge whose ends are there for certain. */
function whereDecided(edge: Edge, ...ends: readonly DeployedResource[]): Edge {
  const open = ends.find(({ undecided }) => undecided !== undefined);
  if (!open) return edge;
  return unseenEdge(
    edge,
    `whether ${open.path} is there depends on the condition ${open.undecided}`,
    'Give the parameters that the condition asks for a default.',
  );
}
