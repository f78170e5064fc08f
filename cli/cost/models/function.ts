import { type Charge, traffic } from '../charge.ts';
import { assumptions, secondsPerMonth } from '../settings.ts';
import { referredId } from '../templates.ts';
import { logCharges } from './logs.ts';
import type { CostModel } from './model.ts';

const megabytesPerGigabyte = 1_024;

/** Invocations, their duration by memory and architecture, what they log, and traces that begin here. */
export const functionModel: CostModel = (lambda, flow) => {
  const { properties, path } = lambda;
  const { count, records } = flow.invocations(lambda);
  if (count === 0) return [];
  const architecture = (properties.Architectures as readonly string[] | undefined)?.[0];
  const seconds =
    (records * flow.millisecondsOf(lambda) + count * assumptions.invocationOverheadMilliseconds) / 1_000;
  const memory = Number(properties.MemorySize ?? 128) / megabytesPerGigabyte;
  const group = flow.template.resources.find(
    ({ id }) => id === referredId((properties.LoggingConfig as { LogGroup?: unknown } | undefined)?.LogGroup),
  );
  const charges: Charge[] = [
    traffic('lambda-request', count),
    traffic(architecture === 'arm64' ? 'lambda-arm-gb-second' : 'lambda-x86-gb-second', seconds * memory),
    ...logCharges(
      records * assumptions.logBytesPerRecord + count * assumptions.logBytesPerInvocation,
      group?.properties.RetentionInDays,
    ),
  ];
  const tracing = (properties.TracingConfig as { Mode?: string } | undefined)?.Mode;
  const roots = flow.monthly(flow.profile?.functions?.[path]?.callsPerUnit);
  if (tracing === 'Active' && roots > 0) charges.push(traffic('xray-trace', sampled(roots)));
  return charges;
};

function sampled(requests: number): number {
  const first = Math.min(requests, secondsPerMonth);
  return first + (requests - first) * assumptions.sampledShare;
}
