import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { until } from '../condition.ts';
import { expectEqual, unequal } from '../expectations.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { ServiceDesk } from './service-desk.ts';
import { services } from './services.ts';

const incidentAlarm = 'service-events/IncidentsMonitoring/Raised';

/** What is only filed, and what somebody should look at. */
const routine = [
  services.instance('running'),
  services.task('STOPPED', { code: 'UserInitiated', reason: 'Scaling activity' }),
  services.alarm('ALARM', 'OK'),
  services.health('accountNotification'),
];
const incidents = [
  services.task('STOPPED', {
    code: 'EssentialContainerExited',
    reason: 'Essential container in task exited',
  }),
  services.alarm('INSUFFICIENT_DATA', 'OK'),
  services.health('issue'),
];

export const scenario: Scenario = {
  async demonstrate(system, tell) {
    const desk = new ServiceDesk(system);
    for (const told of [...routine, ...incidents]) await desk.tell(told);
    await desk.putReport('2026/costs.csv', 'service,usd\n');
    await until(async () => unequal('raised', desk.eventsWith('raised').size, incidents.length));
    tell(`Put an object into ${system.output('ReportsBucketName')}, or tell something yourself:`);
    tell(`  aws --endpoint-url ${system.endpoint} events put-events --entries file://events.json`);
  },

  async check(system, steps) {
    await new ServiceEventsCheck(system, steps).run();
  },
};

/** What becomes of what AWS services tell, told in steps that must hold. */
class ServiceEventsCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #desk: ServiceDesk;

  constructor(system: RunningSystem, steps: CheckSteps) {
    this.#system = system;
    this.#steps = steps;
    this.#desk = new ServiceDesk(system);
  }

  async run(): Promise<void> {
    const { step } = this.#steps;
    // It comes back five times before its queue gives it up: meanwhile, the rest is looked at.
    await this.#desk.deliver({ event_type: 'task_stopped', correlation_id: 'malformed' });
    await step('what AWS services tell comes by rules to the queue, and is filed', async () => {
      const ids = await Promise.all(routine.map(told => this.#desk.tell(told)));
      await this.#become('filed', ids);
      return this.#kindsOf(ids);
    });
    await step('a new object is told of, under its name as it is', async () => {
      await this.#desk.putReport('2026/Ausgaben für März + April.csv', 'service,usd\n');
      const filed = await this.#untilFound(({ object_key }) => object_key !== undefined);
      expectEqual('key', filed.object_key, '2026/Ausgaben für März + April.csv');
      return `${filed.size} bytes`;
    });
    await step('what no rule takes reaches nobody', async () => {
      const ignored = [services.task('RUNNING'), { ...services.instance('running'), source: 'com.example' }];
      const ids = await Promise.all(ignored.map(told => this.#desk.tell(told)));
      const [after = ''] = await Promise.all([this.#desk.tell(services.instance('stopping'))]);
      await this.#become('filed', [after]);
      for (const id of ids) expectEqual('filed', (await this.#fields(id))?.correlation_id, undefined);
      return undefined;
    });
    await step('what somebody should look at is raised, and an alarm goes off', async () => {
      const ids = await Promise.all(incidents.map(told => this.#desk.tell(told)));
      await this.#become('raised', ids);
      await until(async () => unequal(incidentAlarm, this.#system.alarmState(incidentAlarm), 'ALARM'));
      return ids.map(id => String(this.#desk.logged(id)?.severity)).join(', ');
    });
    await step('an event that is delivered twice is filed once, and raised once', async () => {
      const event = await this.#untilFound(({ category }) => category === 'issue');
      await this.#desk.deliver(event);
      await until(async () =>
        unequal('already raised', this.#desk.eventsWith('already_raised').has(event.correlation_id), true),
      );
      return undefined;
    });
    await step('what is no event of the contract goes to the DLQ, and nothing else does', async () => {
      const dlq = this.#system.output('EventsDlqUrl');
      await until(async () => unequal('in the DLQ', await messagesIn(this.#system.sqs, dlq), 1));
      for (const output of ['EventsQueueUrl', 'UndeliveredUrl']) {
        expectEqual(output, await messagesIn(this.#system.sqs, this.#system.output(output)), 0);
      }
      return undefined;
    });
  }

  async #become(outcome: string, ids: readonly string[]): Promise<void> {
    await until(async () => {
      const reached = this.#desk.eventsWith(outcome);
      const missing = ids.filter(id => !reached.has(id));
      return missing.length === 0 ? undefined : `${missing.length} of ${ids.length} are not ${outcome}`;
    });
  }

  #kindsOf(ids: readonly string[]): string {
    return ids.map(id => String(this.#desk.logged(id)?.event_type)).join(', ');
  }

  async #untilFound(isMeant: (event: FiledEvent) => boolean): Promise<FiledEvent> {
    let found: FiledEvent | undefined;
    await until(async () => {
      found = (await this.#filed()).find(isMeant);
      return found ? undefined : 'no such event is filed';
    });
    return found as FiledEvent;
  }

  async #fields(id: string): Promise<FiledEvent | undefined> {
    return (await this.#filed()).find(({ correlation_id }) => correlation_id === id);
  }

  async #filed(): Promise<readonly FiledEvent[]> {
    const { Items = [] } = await this.#system.dynamodb.send(
      new ScanCommand({ TableName: this.#system.output('FiledTableName'), ConsistentRead: true }),
    );
    return Items.map(({ event }) => event as FiledEvent);
  }
}

type FiledEvent = Readonly<Record<string, unknown>> & { readonly correlation_id: string };
