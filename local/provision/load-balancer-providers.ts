import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import { listOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
const NAME_LIMIT = 32;

interface ListenerAction {
  readonly Type?: string;
  readonly TargetGroupArn?: string;
}

/** A group of servers that a listener passes requests on to: a service says which they are. */
export const targetGroupProvider: ResourceProvider = {
  type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  phase: 'stores',
  identify: resource => {
    const name = nameOf(resource);
    const fullName = `targetgroup/${name}/local`;
    const arn = `arn:aws:elasticloadbalancing:${resource.region}:${ACCOUNT_ID}:${fullName}`;
    return {
      ref: arn,
      attributes: { TargetGroupArn: arn, TargetGroupName: name, TargetGroupFullName: fullName },
    };
  },
  async provision() {},
};

/** A listener that passes everything on to one group of servers. */
export const listenerProvider: ResourceProvider = {
  type: 'AWS::ElasticLoadBalancingV2::Listener',
  phase: 'compute',
  identify: resource => {
    const arn = listenerArn(resource);
    return { ref: arn, attributes: { ListenerArn: arn } };
  },
  async provision(resource, services) {
    const [action, ...others] = listOf<ListenerAction>(resource, 'DefaultActions');
    if (action?.Type !== 'forward' || action.TargetGroupArn === undefined || others.length > 0) {
      services.note(resource, 'does not run here: it does more than pass everything on to one group');
      return;
    }
    services.loadBalancers.addListener(listenerArn(resource), action.TargetGroupArn);
  },
};

function listenerArn(resource: ResourceDeclaration): string {
  return `arn:aws:elasticloadbalancing:${resource.region}:${ACCOUNT_ID}:listener/app/${nameOf(resource)}/local/local`;
}

function nameOf(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('Name'), { limit: NAME_LIMIT });
}
