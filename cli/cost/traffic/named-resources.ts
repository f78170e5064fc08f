import { CommandFailure } from '../../command-errors.ts';
import type { SystemTemplate } from '../templates.ts';
import type { TrafficProfile } from './profile.ts';

const types = {
  requests: 'AWS::ApiGatewayV2::Api',
  functions: 'AWS::Lambda::Function',
  pollers: 'AWS::SQS::Queue',
  tables: 'AWS::DynamoDB::Table',
  buckets: 'AWS::S3::Bucket',
  keys: 'AWS::KMS::Key',
  recordedCalls: 'AWS::CloudTrail::Trail',
  secrets: 'AWS::SecretsManager::Secret',
  schedules: 'AWS::Scheduler::ScheduleGroup',
  transitions: 'AWS::StepFunctions::StateMachine',
  mails: 'AWS::SES::ConfigurationSet',
} as const;
const fleetTypes = ['AWS::AutoScaling::AutoScalingGroup', 'AWS::ECS::Service'];

/**
 * Makes sure that all that a profile names is in the template.
 *
 * @throws CommandFailure with what is not there any more, and what is.
 */
export function checkNames(profile: TrafficProfile, template: SystemTemplate): void {
  const faults = namesOf(profile).flatMap(({ name, allowed }) => {
    const there = template.resources.filter(({ type }) => allowed.includes(type)).map(({ path }) => path);
    if (there.includes(name)) return [];
    return [`  ${name} is no ${allowed.join(' or ')}; there are: ${there.join(', ') || 'none'}`];
  });
  if (faults.length > 0) {
    throw new CommandFailure(
      `The traffic profile of ${template.name} names what its template does not have:\n${faults.join('\n')}\n` +
        `Name it anew in cli/cost/traffic/profiles/${template.name}.ts.`,
    );
  }
}

function namesOf(profile: TrafficProfile): { readonly name: string; readonly allowed: readonly string[] }[] {
  const named = Object.entries(types).flatMap(([part, type]) =>
    Object.keys(profile[part as keyof typeof types] ?? {}).map(name => ({ name, allowed: [type] })),
  );
  return [
    ...named,
    ...(profile.publications ?? []).map(({ topic }) => ({ name: topic, allowed: ['AWS::SNS::Topic'] })),
    ...(profile.sendings ?? []).map(({ queue }) => ({ name: queue, allowed: ['AWS::SQS::Queue'] })),
    ...Object.keys(profile.fleets ?? {}).map(name => ({ name, allowed: fleetTypes })),
  ];
}
