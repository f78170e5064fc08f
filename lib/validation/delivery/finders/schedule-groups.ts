import type { DeployedResource } from '../app/deployed-stack.ts';
import { arnElsewhere, foreignAccount } from '../app/place.ts';
import type { Source } from '../callers.ts';
import { type Edge, unseenEdge } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { byRole, sourceFrom } from './finder.ts';

/** What a role's metadata says of the schedules that send under it and are in no template. */
interface LaterSchedules {
  readonly GroupName?: unknown;
  readonly Target?: { readonly Arn?: unknown; readonly DeadLetterConfig?: { readonly Arn?: unknown } };
}

const laterSchedules = 'messaging:schedules';

/**
 * Programs put schedules into a group when they run: the role that they give them says what they send to. A
 * group of which neither a role nor a schedule of the app says anything may deliver anywhere.
 */
export function scheduleGroupEdges(group: DeployedResource, proof: Proof): readonly Edge[] {
  const isOfGroup = (name: unknown) => proof.app.referredTo(name) === group;
  const edges = proof.app.ofType('AWS::IAM::Role').flatMap(role => {
    const { GroupName, Target } = (role.metadata(laterSchedules) ?? {}) as LaterSchedules;
    if (!isOfGroup(GroupName)) return [];
    const delivery = {
      by: group,
      from: group.path,
      role: role.arn,
      service: 'scheduler.amazonaws.com',
      source: sourceFrom(group),
      otherSources: othersLike(group),
    };
    const dlq = Target?.DeadLetterConfig?.Arn;
    return [
      byRole(proof, { ...delivery, kind: 'Schedules made later' }, Target?.Arn),
      ...(dlq === undefined
        ? []
        : [byRole(proof, { ...delivery, kind: 'DLQ of schedules made later' }, dlq)]),
    ];
  });
  const isFilled = proof.app
    .ofType('AWS::Scheduler::Schedule')
    .some(schedule => isOfGroup(schedule.property('GroupName')));
  if (edges.length > 0 || isFilled) return edges;
  return [
    unseenEdge(
      { kind: 'Schedules made later', by: group, from: group.path, to: 'somewhere' },
      'no schedule of this app is in the group, and no role says what those send to that are made later',
      'Make the group with TaskScheduler, whose role says so.',
    ),
  ];
}

/** Another group, one of the same name in another account, and schedules that say nothing of their group. */
function othersLike({ arn = '', name, account }: DeployedResource): readonly Source[] {
  return [
    { arn: arn.replace(name, 'neighbour'), account },
    { arn: arnElsewhere(arn, { account: foreignAccount }), account: foreignAccount },
    { arn: undefined, account: undefined },
  ];
}
