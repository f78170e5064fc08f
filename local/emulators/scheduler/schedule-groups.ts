import { ACCOUNT_ID } from '../../assembly/cloud-assembly.ts';
import { AwsError } from '../aws-error.ts';
import { invalid, type Schedule, type ScheduleDefinition } from './schedule.ts';

/** A group and the schedules in it, by their names. */
export interface ScheduleGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  readonly schedules: Map<string, Schedule>;
}

/** Longest that a timer of Node's can be set to. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The groups of one region, and the clock that invokes their schedules. */
export class ScheduleGroups {
  readonly #region: string;
  readonly #invoke: (schedule: Schedule) => void;
  readonly #groups = new Map<string, ScheduleGroup>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(region: string, invoke: (schedule: Schedule) => void) {
    this.#region = region;
    this.#invoke = invoke;
    this.create('default');
  }

  all(): readonly ScheduleGroup[] {
    return [...this.#groups.values()];
  }

  create(name: string): ScheduleGroup {
    if (this.#groups.has(name)) throw conflict(`Schedule group ${name} already exists.`);
    const arn = `arn:aws:scheduler:${this.#region}:${ACCOUNT_ID}:schedule-group/${name}`;
    const group = { name, arn, createdAt: new Date(), schedules: new Map<string, Schedule>() };
    this.#groups.set(name, group);
    return group;
  }

  find(name: string): ScheduleGroup {
    const group = this.#groups.get(name);
    if (group === undefined) throw notFound(`Schedule group ${name} does not exist.`);
    return group;
  }

  /** A group takes its schedules along. */
  delete(name: string): void {
    if (name === 'default') throw invalid('The group default cannot be deleted.');
    for (const schedule of this.find(name).schedules.values()) this.#disarm(schedule);
    this.#groups.delete(name);
  }

  schedule(groupName: string, name: string): Schedule {
    const schedule = this.find(groupName).schedules.get(name);
    if (schedule === undefined) throw notFound(`Schedule ${name} does not exist.`);
    return schedule;
  }

  /** The same request again, which its token tells, makes nothing new. */
  createSchedule(name: string, definition: ScheduleDefinition): Schedule {
    const group = this.find(definition.GroupName);
    const known = group.schedules.get(name);
    if (known !== undefined) {
      const { ClientToken: token } = definition;
      if (token !== undefined && known.definition.ClientToken === token) return known;
      throw conflict(`Schedule ${name} already exists.`);
    }
    requireAhead(definition);
    const now = new Date();
    const arn = `arn:aws:scheduler:${this.#region}:${ACCOUNT_ID}:schedule/${group.name}/${name}`;
    return this.#keep({ name, arn, createdAt: now, changedAt: now, definition });
  }

  /** Everything that a request does not say has its default again. */
  updateSchedule(name: string, definition: ScheduleDefinition): Schedule {
    const known = this.schedule(definition.GroupName, name);
    requireAhead(definition);
    this.#disarm(known);
    return this.#keep({ ...known, changedAt: new Date(), definition });
  }

  deleteSchedule(groupName: string, name: string): void {
    this.#disarm(this.schedule(groupName, name));
    this.find(groupName).schedules.delete(name);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #keep(schedule: Schedule): Schedule {
    this.find(schedule.definition.GroupName).schedules.set(schedule.name, schedule);
    if (schedule.definition.State === 'ENABLED') this.#arm(schedule);
    return schedule;
  }

  #arm(schedule: Schedule): void {
    const waitMs = Math.max(0, schedule.definition.at.getTime() - Date.now());
    const next = waitMs > LONGEST_TIMER_MS ? () => this.#arm(schedule) : () => this.#complete(schedule);
    this.#timers.set(schedule.arn, setTimeout(next, Math.min(waitMs, LONGEST_TIMER_MS)));
  }

  #disarm({ arn }: Schedule): void {
    clearTimeout(this.#timers.get(arn));
    this.#timers.delete(arn);
  }

  #complete(schedule: Schedule): void {
    const { GroupName: groupName, ActionAfterCompletion: action } = schedule.definition;
    this.#timers.delete(schedule.arn);
    this.#invoke(schedule);
    if (action === 'DELETE') this.find(groupName).schedules.delete(schedule.name);
  }
}

function requireAhead({ at, ScheduleExpression }: ScheduleDefinition): void {
  if (at.getTime() <= Date.now()) throw invalid(`${ScheduleExpression} has passed: it would never run.`);
}

function conflict(message: string): AwsError {
  return new AwsError('ConflictException', message, 409);
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message, 404);
}
