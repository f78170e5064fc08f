import type { DeployedResource } from './app/deployed-stack.ts';
import { arnElsewhere, foreignAccount, foreignRegion } from './app/place.ts';
import { anybody, type Caller, outsider, type Source, service, stranger } from './callers.ts';
import { type DeliveryFinding, type Edge, nameOf } from './edge.ts';
import { type Call, inJson, isReachableOverPlainHttp, keyCalls, type Proof } from './questions.ts';
import { blockedOrUnseen, openOrUnseen, plaintextOrUnseen } from './verdict-findings.ts';

/** What a service delivers for: a resource with an ARN that names it. */
export interface DeliverySource extends Source {
  /** What it is called in messages. */
  readonly path: string;
  readonly arn: string;
  readonly account: string;
  /**
   * The part of the ARN that is its own, so that a neighbour has another in its place; undefined where AWS
   * documents the account as the narrowest source.
   */
  readonly name: string | undefined;
}

export interface ServicePathProps {
  readonly kind: string;
  /** The resource that says that there is a delivery. */
  readonly by: DeployedResource;
  /** Service principal that delivers. */
  readonly service: string;
  readonly source: DeliverySource;
  readonly target: DeployedResource;
  /** What the service does with the target; the calls on its key follow from it. */
  readonly calls: readonly Omit<Call, 'target'>[];
  /** Calls on keys that do not follow from the target. */
  readonly moreCalls?: readonly Call[];
  /** Whether the target's key is none of the service's business. */
  readonly ignoresKey?: boolean;
}

/**
 * Delivery by an AWS service into a resource that lets it in by its policy, and by that of the key that
 * encrypts it: for this source, and for nobody else.
 */
export function servicePath(proof: Proof, props: ServicePathProps): Edge {
  const ends = { kind: props.kind, by: props.by, from: props.source.path, to: props.target.path };
  return { ...ends, findings: () => findingsOf(proof, props, nameOf(ends)) };
}

function findingsOf(proof: Proof, props: ServicePathProps, edge: string): readonly DeliveryFinding[] {
  const { target, source } = props;
  const calls: Call[] = props.calls.map(call => ({ ...call, target }));
  const [first] = calls;
  const onKey = props.ignoresKey || !first ? [] : keyCalls(proof, first, 'service');
  const findings: DeliveryFinding[] = [];
  if ('kind' in onKey) {
    const { kind, reason, fix } = onKey;
    findings.push({ kind, edge, at: target, problem: `${reason}.`, statement: reason, fix });
  } else {
    calls.push(...onKey);
  }
  const deliverer = service(props.service, source);
  const admission = { Principal: { Service: props.service }, Condition: conditionFor(props) };
  for (const call of [...calls, ...(props.moreCalls ?? [])]) {
    const grant = {
      Effect: 'Allow',
      ...admission,
      Action: call.action,
      Resource: call.target.type === 'AWS::KMS::Key' ? '*' : (call.arn ?? call.target.arn),
    };
    findings.push(
      ...blockedOrUnseen(proof, { edge, call, caller: deliverer, grant, grantIn: call.target }),
      ...openOrUnseen(
        proof,
        edge,
        intruders(props, call.target),
        call,
        call.target,
        `Narrow the statement to this delivery, by ${inJson({ Condition: admission.Condition })}`,
      ),
      ...(isReachableOverPlainHttp(call) ? plaintextOrUnseen(proof, edge, deliverer, call) : []),
    );
  }
  return findings;
}

/** Only what the service is known to send can be asked of it. */
function conditionFor({ service: name, source }: ServicePathProps): object {
  const sent = service(name, source).context['aws:SourceAccount'];
  return {
    ArnLike: { 'aws:SourceArn': source.arn },
    ...(sent !== undefined && { StringEquals: { 'aws:SourceAccount': sent } }),
  };
}

/** Those who are most like the one that delivers, and must not. */
function intruders({ service: name, source }: ServicePathProps, target: DeployedResource): readonly Caller[] {
  const otherService = name === 'events.amazonaws.com' ? 's3.amazonaws.com' : 'events.amazonaws.com';
  const similar: readonly Source[] = [
    ...(source.name === undefined
      ? []
      : [{ arn: source.arn.replace(source.name, 'neighbour'), account: source.account }]),
    { arn: arnElsewhere(source.arn, { account: foreignAccount }), account: foreignAccount },
    { arn: arnElsewhere(source.arn, { region: foreignRegion }), account: source.account },
  ];
  return [
    // S3 names no region in the ARN of a bucket, so that its other region is the same bucket.
    ...similar
      .filter(({ arn, account }) => arn !== source.arn || account !== source.account)
      .map(other => service(name, { ...source, ...other })),
    service(name),
    service(otherService, { arn: source.arn, account: source.account }),
    stranger(target.account),
    outsider(),
    anybody,
  ];
}
