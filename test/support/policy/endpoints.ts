import type { DeployedResource } from './deployed-stack.ts';
import { type Policy, policyFrom } from './policies.ts';

/** Endpoints of services whose endpoint is not named as their actions are. */
const endpointNames: Readonly<Record<string, string>> = { cloudwatch: 'monitoring', ecr: 'ecr.api' };

/** Who starts what lives in a network, and so calls through its endpoints. */
const residents = ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'];

/** The endpoint that an action's call takes out of the networks of a stack; undefined where there is none. */
export function endpointFor(
  action: string,
  stackName: string,
  app: readonly DeployedResource[],
): DeployedResource | undefined {
  const [service = ''] = action.split(':');
  const name = endpointNames[service] ?? service;
  return app.find(
    candidate =>
      candidate.type === 'AWS::EC2::VPCEndpoint' &&
      candidate.stackName === stackName &&
      candidate.property('ServiceName') === `com.amazonaws.${candidate.region}.${name}`,
  );
}

/**
 * The policy of an endpoint: what passes through it. An endpoint without one lets everything through.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
export function endpointPolicyOf(endpoint: DeployedResource): Policy | undefined {
  const document = endpoint.property('PolicyDocument');
  return document === undefined ? undefined : policyFrom(`policy of ${endpoint.path}`, document);
}

/** Whether a role is that of instances or tasks, which live in a network. */
export function livesInNetwork(role: DeployedResource): boolean {
  const trust = JSON.stringify(role.property('AssumeRolePolicyDocument') ?? '');
  return residents.some(service => trust.includes(`"${service}"`));
}
