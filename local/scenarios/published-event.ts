import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { EncodedEvent } from '../../contracts/events.ts';

/** Publishes an event as its publisher does, with its attributes. */
export async function publish(
  sns: SNSClient,
  topicArn: string,
  { body, attributes }: EncodedEvent,
): Promise<void> {
  await sns.send(
    new PublishCommand({
      TopicArn: topicArn,
      Message: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  );
}
