import * as v from 'valibot';
import type { InstanceMetadata } from './instance-metadata.ts';

/** EC2 takes the instance back. */
export interface SpotInterruption {
  readonly action: string;
  /** How long is left, 0 or more. */
  readonly inMs: number;
}

/** From service, or from a warm pool. */
const terminated = /^(Warmed:)?Terminated$/;

/** EC2 says two minutes before; where the notice cannot be read, assume that it was seen at once. */
const usualNoticeMs = 120_000;

const instanceAction = v.object({
  action: v.string(),
  time: v.pipe(
    v.string(),
    v.transform(text => Date.parse(text)),
    v.finite(),
  ),
});

/**
 * The notice that EC2 takes a spot instance back, if there is one.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 */
export async function spotInterruption(
  metadata: InstanceMetadata,
  now: () => number = Date.now,
): Promise<SpotInterruption | undefined> {
  const text = await metadata.get('spot/instance-action');
  if (text === undefined) return undefined;
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), instanceAction), text);
  if (!success) return { action: 'unknown', inMs: usualNoticeMs };
  // Hibernation does not wait for the time that it names.
  const inMs = output.action === 'hibernate' ? 0 : Math.max(0, output.time - now());
  return { action: output.action, inMs };
}

/**
 * Whether the Auto Scaling group is about to terminate the instance, and its lifecycle hook waits.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html
 */
export async function isTerminating(metadata: InstanceMetadata): Promise<boolean> {
  const state = await metadata.get('autoscaling/target-lifecycle-state');
  return state !== undefined && terminated.test(state.trim());
}
