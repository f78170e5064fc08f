import { notRunHere, type RestRequest, type RestResult, type RestService } from '../rest-service.ts';
import { checkedName, definitionFrom, type Schedule } from './schedule.ts';
import { type ScheduleGroup, ScheduleGroups } from './schedule-groups.ts';
import type { ScheduleSender } from './schedule-sender.ts';

type Operation = (name: string, request: RestRequest, groups: ScheduleGroups) => object;

/** What can be asked, by method and kind of thing; what lists has no name. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST schedules': (name, { body }, groups) => {
    const { arn } = groups.createSchedule(checkedName(name), definitionFrom(body));
    return { ScheduleArn: arn };
  },
  'PUT schedules': (name, { body }, groups) => ({
    ScheduleArn: groups.updateSchedule(name, definitionFrom(body)).arn,
  }),
  'GET schedules': (name, { query }, groups) =>
    name === '' ? { Schedules: listed(query, groups) } : described(groups.schedule(groupIn(query), name)),
  'DELETE schedules': (name, { query }, groups) => {
    groups.deleteSchedule(groupIn(query), name);
    return {};
  },
  'POST schedule-groups': (name, _request, groups) => ({
    ScheduleGroupArn: groups.create(checkedName(name)).arn,
  }),
  'GET schedule-groups': (name, _request, groups) =>
    name === '' ? { ScheduleGroups: groups.all().map(describedGroup) } : describedGroup(groups.find(name)),
  'DELETE schedule-groups': (name, _request, groups) => {
    groups.delete(name);
    return {};
  },
};

/**
 * EventBridge Scheduler, as far as schedules run once and send to queues. They do so to the second, where the
 * service takes some time within the minute.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html
 */
export class Scheduler {
  readonly #sender: ScheduleSender;
  readonly #regions = new Map<string, ScheduleGroups>();

  constructor(sender: ScheduleSender) {
    this.#sender = sender;
  }

  readonly answer: RestService = (request): RestResult => {
    const [, kind = '', name = '', ...more] = request.path.split('/');
    const operation = OPERATIONS[`${request.method} ${kind}`];
    if (operation === undefined || more.length > 0) throw notRunHere('scheduler', request);
    return { body: operation(name, request, this.#groupsOf(request.region)) };
  };

  stop(): void {
    for (const groups of this.#regions.values()) groups.stop();
  }

  #groupsOf(region: string): ScheduleGroups {
    const known = this.#regions.get(region);
    if (known) return known;
    const groups = new ScheduleGroups(region, schedule => this.#sender.send(schedule));
    this.#regions.set(region, groups);
    return groups;
  }
}

function groupIn(query: URLSearchParams): string {
  return query.get('groupName') ?? 'default';
}

function listed(query: URLSearchParams, groups: ScheduleGroups): object[] {
  const groupName = query.get('ScheduleGroup');
  const state = query.get('State');
  return (groupName === null ? groups.all() : [groups.find(groupName)])
    .flatMap(({ schedules }) => [...schedules.values()])
    .filter(({ name }) => name.startsWith(query.get('NamePrefix') ?? ''))
    .filter(({ definition }) => state === null || definition.State === state)
    .map(schedule => {
      const { Name, Arn, GroupName, State, CreationDate, LastModificationDate, Target } = described(schedule);
      return { Name, Arn, GroupName, State, CreationDate, LastModificationDate, Target: { Arn: Target.Arn } };
    });
}

function described({ name, arn, createdAt, changedAt, definition }: Schedule) {
  const { at: _, ClientToken: __, ...said } = definition;
  return {
    Name: name,
    Arn: arn,
    CreationDate: inSeconds(createdAt),
    LastModificationDate: inSeconds(changedAt),
    ...said,
  };
}

function describedGroup({ name, arn, createdAt }: ScheduleGroup): object {
  return {
    Name: name,
    Arn: arn,
    State: 'ACTIVE',
    CreationDate: inSeconds(createdAt),
    LastModificationDate: inSeconds(createdAt),
  };
}

/** As the REST-JSON protocol has dates. */
function inSeconds(date: Date): number {
  return date.getTime() / 1_000;
}
