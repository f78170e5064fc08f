import type { Charge, ChargeKind } from '../charge.ts';
import { hoursPerMonth } from '../settings.ts';
import { type Resource, referredId } from '../templates.ts';
import type { MessageFlow } from '../traffic/message-flow.ts';
import type { CostModel } from './model.ts';

/** Metrics that detailed monitoring writes of an instance. */
const detailedMetrics = 7;

interface InstanceSettings {
  readonly InstanceType?: unknown;
  readonly Monitoring?: unknown;
  readonly BlockDeviceMappings?: readonly { readonly Ebs?: { readonly VolumeSize?: number } }[];
}

/** An instance that always runs. */
export const instanceModel: CostModel = ({ properties }) =>
  instanceHours(properties as InstanceSettings, hoursPerMonth, 'standing');

/**
 * The instances that a group always has, and those that traffic brings: on demand and of the template's own type, also
 * where the group may take others and spot.
 */
export const scalingGroupModel: CostModel = ({ path, properties }, flow) => {
  const settings = templateOf(properties, flow);
  const least = Number(properties.DesiredCapacity ?? properties.MinSize ?? 0);
  return [
    ...instanceHours(settings, least * hoursPerMonth, 'standing'),
    ...instanceHours(settings, flow.monthly(flow.profile?.fleets?.[path]) / 3_600, 'traffic'),
  ];
};

function instanceHours(settings: InstanceSettings, hours: number, kind: ChargeKind): readonly Charge[] {
  if (hours === 0) return [];
  const months = hours / hoursPerMonth;
  const gigabytes = (settings.BlockDeviceMappings ?? []).reduce(
    (sum, { Ebs }) => sum + (Ebs?.VolumeSize ?? 0),
    0,
  );
  const { Monitoring: monitoring } = settings;
  const detailed = monitoring === true || (monitoring as { Enabled?: boolean } | undefined)?.Enabled === true;
  return [
    { price: `ec2-${settings.InstanceType}`, quantity: hours, kind },
    { price: 'ebs-gp3', quantity: gigabytes * months, kind },
    ...(detailed ? [{ price: 'ec2-detailed-monitoring', quantity: detailedMetrics * months, kind }] : []),
  ];
}

interface TemplateSpecification {
  readonly LaunchTemplateId?: unknown;
}

function templateOf(properties: Resource['properties'], flow: MessageFlow): InstanceSettings {
  const { MixedInstancesPolicy: mixed, LaunchTemplate: own } = properties as {
    MixedInstancesPolicy?: { LaunchTemplate?: { LaunchTemplateSpecification?: TemplateSpecification } };
    LaunchTemplate?: TemplateSpecification;
  };
  const named = referredId((own ?? mixed?.LaunchTemplate?.LaunchTemplateSpecification)?.LaunchTemplateId);
  const template = flow.template.resources.find(({ id }) => id === named);
  return (template?.properties.LaunchTemplateData ?? {}) as InstanceSettings;
}
