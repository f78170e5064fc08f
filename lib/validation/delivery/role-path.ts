import type { RequestContext } from '../policy/conditions.ts';
import type { DeployedResource } from './app/deployed-stack.ts';
import { anybody, outsider, roleOf, type Source, service, stranger } from './callers.ts';
import { type DeliveryFinding, type Edge, nameOf, unseenEdge } from './edge.ts';
import {
  type Call,
  inJson,
  isReachableOverPlainHttp,
  keyCalls,
  neighbourOf,
  type Proof,
} from './questions.ts';
import { blockedOrUnseen, openOrUnseen, plaintextOrUnseen } from './verdict-findings.ts';

export interface RolePathProps {
  readonly kind: string;
  /** The resource that says that there is a delivery. */
  readonly by: DeployedResource;
  readonly from: string;
  readonly to: string;
  /** ARN or name of the role, as the template gives it. */
  readonly role: unknown;
  /** Service principal that assumes the role. */
  readonly service: string;
  /** On whose behalf it assumes it; undefined where it is not known to say so. */
  readonly source?: Source;
  /** Those on whose behalf it must not assume it, since they are most like the source. */
  readonly otherSources?: readonly Source[];
  /** What else it sends when it assumes the role. */
  readonly assumedWith?: RequestContext;
  readonly calls: readonly Call[];
}

/** Delivery under a role of the app: the service may assume it, and it may do this and nothing like it. */
export function rolePath(proof: Proof, props: RolePathProps): Edge {
  const { kind, by, from, to } = props;
  const role = proof.app.referredTo(props.role);
  if (role?.type !== 'AWS::IAM::Role') {
    return unseenEdge(
      { kind, by, from, to },
      `its role ${String(props.role)} is not in this app`,
      'Give it a role of the app, or acknowledge the finding once the role may do what it needs.',
    );
  }
  return { kind, by, from, to, findings: () => findingsOf(proof, props, role) };
}

function findingsOf(proof: Proof, props: RolePathProps, role: DeployedResource): readonly DeliveryFinding[] {
  const edge = nameOf(props);
  const { findings, calls } = withKeys(proof, edge, props.calls);
  const caller = roleOf(role, proof.policies.ofRole(role));
  for (const call of calls) {
    const { action, target } = call;
    const resource = call.arn ?? target.arn;
    const grant = { Effect: 'Allow', Action: action, Resource: resource };
    const neighbour = neighbourOf(target);
    const besides: Call = {
      ...call,
      target: neighbour,
      ...(call.arn && { arn: call.arn.replace(target.arn ?? '', neighbour.arn ?? '') }),
    };
    // An action that has no resources cannot be narrowed to one.
    const isNarrow = resource !== '*';
    findings.push(
      ...blockedOrUnseen(proof, {
        edge,
        call,
        caller,
        grant,
        grantIn: grantPlace(proof, role, caller, call),
      }),
      ...(isNarrow
        ? openOrUnseen(
            proof,
            edge,
            [caller],
            besides,
            role,
            `Name ${target.path} as the statement's Resource.`,
          )
        : []),
      ...(isReachableOverPlainHttp(call) ? plaintextOrUnseen(proof, edge, caller, call) : []),
    );
  }
  return [...findings, ...trustFindings(proof, props, edge, role)];
}

/** A key must let the account's roles in before their own policies count. */
function grantPlace(
  proof: Proof,
  role: DeployedResource,
  caller: ReturnType<typeof roleOf>,
  { action, target }: Call,
): DeployedResource {
  const hasOwn = caller.identity.some(({ statements }) =>
    statements.some(({ Action }) => [Action].flat().includes(action)),
  );
  const delegates = (proof.policies.ofResource(target)?.statements ?? []).some(({ Principal }) =>
    JSON.stringify(Principal ?? '').includes(':root'),
  );
  return target.type === 'AWS::KMS::Key' && hasOwn && !delegates ? target : role;
}

function withKeys(
  proof: Proof,
  edge: string,
  calls: readonly Call[],
): { readonly findings: DeliveryFinding[]; readonly calls: readonly Call[] } {
  const findings: DeliveryFinding[] = [];
  const onKeys = new Map<string, Call>();
  for (const call of calls) {
    if (!needsKey.test(call.action)) continue;
    const needed = keyCalls(proof, call, 'role');
    if ('kind' in needed) {
      const { kind, reason, fix } = needed;
      findings.push({ kind, edge, at: call.target, problem: `${reason}.`, statement: reason, fix });
    } else {
      for (const keyCall of needed) onKeys.set(`${keyCall.action} ${keyCall.target.path}`, keyCall);
    }
  }
  return { findings, calls: [...calls, ...onKeys.values()] };
}

/** Actions that read or write what is encrypted. Data Firehose has a grant of its own on a stream's key. */
const needsKey =
  /^(sqs:(Send|Receive)Message|sns:Publish|s3:(Put|Get)Object|kinesis:(GetRecords|PutRecords?)|secretsmanager:GetSecretValue)$/;

function trustFindings(
  proof: Proof,
  props: RolePathProps,
  edge: string,
  role: DeployedResource,
): readonly DeliveryFinding[] {
  const { source, otherSources = [], assumedWith } = props;
  const call: Call = {
    action: 'sts:AssumeRole',
    target: role,
    ...(assumedWith && { context: assumedWith }),
  };
  const assumer = service(props.service, source);
  // Of a service that is not known to say for whom it assumes, nothing is known of these keys.
  const { 'aws:SourceArn': _, 'aws:SourceAccount': __, ...unsaid } = assumer.context;
  const caller = source ? assumer : { ...assumer, name: props.service, context: unsaid };
  const grant = { Effect: 'Allow', Principal: { Service: props.service }, Action: 'sts:AssumeRole' };
  const other = props.service === 'ec2.amazonaws.com' ? 'lambda.amazonaws.com' : 'ec2.amazonaws.com';
  const narrowed = { ...grant, Condition: { ArnLike: { 'aws:SourceArn': source?.arn } } };
  return [
    ...blockedOrUnseen(proof, { edge, call, caller, grant, grantIn: role }),
    ...openOrUnseen(
      proof,
      edge,
      [service(other), stranger(role.account), outsider(), anybody],
      call,
      role,
      `Let nobody but the service assume the role, by ${inJson(grant)}`,
    ),
    ...openOrUnseen(
      proof,
      edge,
      otherSources.map(otherSource => service(props.service, otherSource)),
      call,
      role,
      `Let the service assume the role for its source alone, by ${inJson(narrowed)}`,
    ),
  ];
}
