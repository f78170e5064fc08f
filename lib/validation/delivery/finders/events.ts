import type { DeployedResource } from '../app/deployed-stack.ts';
import type { Edge } from '../edge.ts';
import { unseenEdge } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { rolePath } from '../role-path.ts';
import { byRole, byService, outside, sourceFrom } from './finder.ts';
import { pollingCalls } from './lambda.ts';

interface Target {
  readonly Arn?: unknown;
  readonly RoleArn?: unknown;
  readonly DeadLetterConfig?: { readonly Arn?: unknown };
}

/** A rule delivers by its own leave, or under a role; what it cannot deliver, it sends to the target's DLQ. */
export function ruleEdges(rule: DeployedResource, proof: Proof): readonly Edge[] {
  const service = 'events.amazonaws.com';
  const source = sourceFrom(rule);
  return ((rule.property('Targets') ?? []) as readonly Target[]).flatMap(target => {
    const kind = 'EventBridge target';
    const dlq = target.DeadLetterConfig?.Arn;
    return [
      target.RoleArn === undefined
        ? byService(proof, { kind, by: rule, service, source }, target.Arn)
        : byRole(
            proof,
            { kind, by: rule, from: rule.path, role: target.RoleArn, service, source },
            target.Arn,
          ),
      ...(dlq === undefined
        ? []
        : [byService(proof, { kind: 'DLQ of an EventBridge target', by: rule, service, source }, dlq)]),
    ];
  });
}

/** The queue and the topic are in the input where a schedule calls an API instead of naming a target. */
const universalTargets: Readonly<Record<string, string>> = {
  'arn:aws:scheduler:::aws-sdk:sns:publish': 'TopicArn',
  'arn:aws:scheduler:::aws-sdk:sqs:sendMessage': 'QueueUrl',
};

/** A schedule delivers under its role, to its target and to the DLQ alike. */
export function scheduleEdges(schedule: DeployedResource, proof: Proof): readonly Edge[] {
  const target = (schedule.property('Target') ?? {}) as Target & { readonly Input?: unknown };
  const group = proof.app.referredTo(schedule.property('GroupName'));
  const { account, region } = schedule;
  const groupName = group?.name ?? String(schedule.property('GroupName') ?? 'default');
  const delivery = {
    by: schedule,
    from: schedule.path,
    role: target.RoleArn,
    service: 'scheduler.amazonaws.com',
    // Scheduler assumes roles on behalf of the group.
    source: { arn: `arn:aws:scheduler:${region}:${account}:schedule-group/${groupName}`, account },
  };
  const inInput = universalTargets[String(target.Arn)];
  const to = inInput ? fieldOf(target.Input, inInput) : target.Arn;
  const dlq = target.DeadLetterConfig?.Arn;
  return [
    byRole(proof, { ...delivery, kind: 'Schedule' }, to),
    ...(dlq === undefined ? [] : [byRole(proof, { ...delivery, kind: 'DLQ of a schedule' }, dlq)]),
  ];
}

function fieldOf(json: unknown, name: string): unknown {
  try {
    return (JSON.parse(String(json)) as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}

/** A pipe takes from its source, asks its enrichment and delivers to its target under one role. */
export function pipeEdges(pipe: DeployedResource, proof: Proof): readonly Edge[] {
  const { app } = proof;
  const reference = pipe.property('Source');
  const source = app.referredTo(reference) ?? app.referredTo(String(reference).split('/stream/')[0]);
  const delivery = {
    by: pipe,
    role: pipe.property('RoleArn'),
    service: 'pipes.amazonaws.com',
    source: { arn: pipe.arn, account: pipe.account },
  };
  const calls = source ? pollingCalls(source, reference) : [];
  const ends = { kind: 'Pipe source', from: source?.path ?? outside(reference), to: pipe.path };
  const enrichment = pipe.property('Enrichment');
  return [
    calls.length > 0
      ? rolePath(proof, { ...delivery, ...ends, calls })
      : unseenEdge(
          { ...ends, by: pipe },
          source ? `no rule knows how ${source.type} is polled` : 'its source is not in this app',
          'Grant the role what polling needs, then acknowledge the finding for this pipe.',
        ),
    ...(enrichment === undefined
      ? []
      : [byRole(proof, { ...delivery, kind: 'Pipe enrichment', from: pipe.path }, enrichment)]),
    byRole(proof, { ...delivery, kind: 'Pipe target', from: pipe.path }, pipe.property('Target')),
  ];
}
