import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import type { RuleTarget } from '../emulators/eventbridge/event-bus.ts';
import { functionNameOf } from './function-provider.ts';
import { physicalName } from './physical-name.ts';
import { listOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';
import type { LocalServices } from './services.ts';

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
const NAME_LIMIT = 64;

/** As alarms look at periods that are so many times shorter, so do schedules run so much oftener. */
export const TIMES_OFTENER = 60;

const MILLISECONDS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** A rule that invokes functions at a rate, or that puts events of the default bus on queues. */
export const ruleProvider: ResourceProvider = {
  type: 'AWS::Events::Rule',
  phase: 'entrances',
  identify(resource) {
    return { ref: ruleName(resource), attributes: { Arn: ruleArn(resource) } };
  },
  async provision(resource, services) {
    if (resource.property('State') === 'DISABLED') return;
    if (resource.property('EventPattern') !== undefined) {
      addToBus(resource, services);
      return;
    }
    const everyMs = intervalOf(resource.property('ScheduleExpression'));
    if (everyMs === undefined) {
      services.note(resource, 'does not run here: it has neither a pattern nor a rate');
      return;
    }
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

function ruleName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('Name'), { limit: NAME_LIMIT });
}

function ruleArn(resource: ResourceDeclaration): string {
  return `arn:aws:events:${resource.region}:${ACCOUNT_ID}:rule/${ruleName(resource)}`;
}

function addToBus(resource: ResourceDeclaration, services: LocalServices): void {
  if (resource.property('EventBusName') !== undefined) {
    services.note(resource, 'does not run here: there are the default buses alone');
    return;
  }
  const declared = listOf<RuleTarget>(resource, 'Targets');
  const targets = declared.filter(({ Arn }) => Arn.split(':')[2] === 'sqs');
  for (const { Arn } of declared.filter(target => !targets.includes(target))) {
    services.note(resource, `does not reach ${Arn} here: rules with a pattern deliver to queues`);
  }
  const pattern = resource.property('EventPattern') as Readonly<Record<string, unknown>>;
  services.eventBus.addRule({ arn: ruleArn(resource), region: resource.region, pattern, targets });
}

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
