import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import { functionNameOf } from './function-provider.ts';
import { physicalName } from './physical-name.ts';
import { listOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
const NAME_LIMIT = 64;

/** As alarms look at periods that are so many times shorter, so do schedules run so much oftener. */
export const TIMES_OFTENER = 60;

const MILLISECONDS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** A rule that invokes functions at a rate; what reacts to events of AWS has none to react to here. */
export const ruleProvider: ResourceProvider = {
  type: 'AWS::Events::Rule',
  phase: 'entrances',
  identify(resource) {
    const name = physicalName(resource, resource.property('Name'), { limit: NAME_LIMIT });
    return { ref: name, attributes: { Arn: `arn:aws:events:${resource.region}:${ACCOUNT_ID}:rule/${name}` } };
  },
  async provision(resource, services) {
    const everyMs = intervalOf(resource.property('ScheduleExpression'));
    if (everyMs === undefined) {
      services.note(resource, 'does not run here: it is not a rule that runs at a rate');
      return;
    }
    if (resource.property('State') === 'DISABLED') return;
    for (const { Arn: target } of listOf<{ readonly Arn: string }>(resource, 'Targets')) {
      const functionName = functionNameOf(target);
      if (!services.functions.functionNames.includes(functionName)) {
        services.note(resource, `does not reach ${target} here: it is no function that runs`);
        continue;
      }
      services.schedules.add({
        everyMs: everyMs / TIMES_OFTENER,
        act: () => services.functions.invoke(functionName, scheduledEvent(resource.region)),
      });
    }
  },
};

/** @returns undefined for what is no rate. */
function intervalOf(expression: unknown): number | undefined {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(expression)) ?? [];
  const milliseconds = MILLISECONDS[unit];
  return count === undefined || milliseconds === undefined ? undefined : Number(count) * milliseconds;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchevents.html */
function scheduledEvent(region: string) {
  return {
    version: '0',
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    account: ACCOUNT_ID,
    region,
    time: new Date().toISOString(),
    resources: [],
    detail: {},
  };
}
