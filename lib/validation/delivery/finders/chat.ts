import type { DeployedResource } from '../app/deployed-stack.ts';
import { type Edge, edgeToOutside } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { outside, sourceNamed } from './finder.ts';

/**
 * A chat gets what its topics are told. Its service subscribes to them under a role of its own, and is delivered
 * to over HTTPS: no policy of the app has a say in it.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/what-is.html
 */
export function chatEdges(channel: DeployedResource, proof: Proof): readonly Edge[] {
  const topics = (channel.property('SnsTopicArns') ?? []) as readonly unknown[];
  const to = `Slack channel ${outside(channel.property('SlackChannelId'))}`;
  return topics.map(topic =>
    edgeToOutside({ kind: 'Chat', by: channel, from: sourceNamed(topic, channel, proof).path, to }),
  );
}
