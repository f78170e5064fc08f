import type { PublishCommand } from '@aws-sdk/client-sns';
import { encodePointer } from '../../../contracts/claim-check.ts';
import { EventFamily } from '../../../contracts/events.ts';
import { maxTopicMessageBytes } from '../../../contracts/message-sizes.ts';
import { orderEvents } from '../../../contracts/orders.ts';
import { ClaimCheck } from '../../../lambda/shared/claim-check.ts';
import { DependencyDownError, EventTooLargeError } from '../../../lambda/shared/failures.ts';
import { messageBytes } from '../../../lambda/shared/outgoing-message.ts';
import { TopicPublisher } from '../../../lambda/shared/topic-publisher.ts';
import { orderPlaced } from '../../support/order-events.ts';
import { downS3, StoredPayloads } from '../../support/stored-payloads.ts';

const topicArn = 'arn:aws:sns:eu-west-1:111111111111:OrderPlaced';

function publisher(send: (command: PublishCommand) => Promise<object>) {
  return new TopicPublisher({ sns: { send: send as never }, topicArn, events: orderEvents });
}

/** An event that SNS counts as so many bytes. */
function eventOf(bytes: number) {
  const { body } = orderEvents.encode(orderPlaced({ customer: '' }));
  const empty = messageBytes({
    body,
    attributes: { eventType: { DataType: 'String', StringValue: 'order_placed' } },
  });
  return orderPlaced({ customer: 'x'.repeat(bytes - empty) });
}

describe('TopicPublisher', () => {
  it('publishes the event with the attribute that filter policies match on', async () => {
    const sent: PublishCommand[] = [];
    const event = orderPlaced();

    await publisher(async command => {
      sent.push(command);
      return {};
    }).publish(event);

    expect(sent.map(command => command.input)).toEqual([
      {
        TopicArn: topicArn,
        Message: JSON.stringify(event),
        MessageAttributes: { eventType: { DataType: 'String', StringValue: 'order_placed' } },
      },
    ]);
  });

  it('publishes an event in its message group', async () => {
    const sent: PublishCommand[] = [];
    const events = new EventFamily(orderEvents.schemas, { groupBy: event => event.order_id });
    const send = async (command: PublishCommand) => sent.push(command);

    await new TopicPublisher({ sns: { send: send as never }, topicArn, events }).publish(orderPlaced());

    expect(sent.map(command => command.input.MessageGroupId)).toEqual([orderPlaced().order_id]);
  });

  it('publishes an event of exactly the size that SNS takes', async () => {
    await expect(publisher(async () => ({})).publish(eventOf(maxTopicMessageBytes))).resolves.toBeUndefined();
  });

  it('fails when the event is a byte larger, before anything is sent', async () => {
    let sent = 0;
    const publishing = publisher(async () => {
      sent++;
      return {};
    }).publish(eventOf(maxTopicMessageBytes + 1));

    await expect(publishing).rejects.toThrow(EventTooLargeError);
    await expect(publishing).rejects.toThrow(
      /^The order_placed event is 262145 bytes .* SNS takes 262144\. Give its sender a claim check/,
    );
    expect(sent).toBe(0);
  });

  it('publishes a pointer to an event that is larger, with the attributes that filters match on', async () => {
    const payloads = new StoredPayloads();
    const sent: PublishCommand[] = [];
    const send = async (command: PublishCommand) => sent.push(command);
    const event = eventOf(maxTopicMessageBytes + 1);

    await new TopicPublisher({
      sns: { send: send as never },
      topicArn,
      events: orderEvents,
      claimCheck: payloads.claimCheck(),
    }).publish(event);

    const [[key, stored] = ['', '']] = payloads.objects;
    expect(JSON.parse(stored)).toEqual(event);
    expect(sent.map(command => command.input)).toEqual([
      {
        TopicArn: topicArn,
        Message: encodePointer({ bucket: payloads.bucket, key }),
        MessageAttributes: {
          eventType: { DataType: 'String', StringValue: 'order_placed' },
          ExtendedPayloadSize: { DataType: 'Number', StringValue: String(Buffer.byteLength(stored)) },
        },
      },
    ]);
  });

  it('publishes nothing when the body of a larger event cannot be stored', async () => {
    const sent: PublishCommand[] = [];
    const publishing = new TopicPublisher({
      sns: { send: (async (command: PublishCommand) => sent.push(command)) as never },
      topicArn,
      events: orderEvents,
      claimCheck: new ClaimCheck({ s3: downS3, bucket: 'payloads' }),
    }).publish(eventOf(maxTopicMessageBytes + 1));

    await expect(publishing).rejects.toThrow(DependencyDownError);
    expect(sent).toEqual([]);
  });

  describe('a text for each protocol', () => {
    const worded = new EventFamily(orderEvents.schemas, {
      wording: {
        subject: () => 'An order',
        texts: { default: () => 'Somebody ordered.', sms: event => `Order ${event.order_id}` },
      },
    });
    const publishWorded = async (event: ReturnType<typeof orderPlaced>, payloads?: StoredPayloads) => {
      const sent: PublishCommand[] = [];
      const send = async (command: PublishCommand) => sent.push(command);
      await new TopicPublisher({
        sns: { send: send as never },
        topicArn,
        events: worded,
        ...(payloads && { claimCheck: payloads.claimCheck() }),
      }).publish(event);
      return sent[0]?.input;
    };

    it('goes with the event, which is that of queues', async () => {
      const event = orderPlaced();

      const input = await publishWorded(event);

      expect(input).toMatchObject({ MessageStructure: 'json', Subject: 'An order' });
      expect(JSON.parse(input?.Message ?? '')).toEqual({
        default: 'Somebody ordered.',
        sms: `Order ${event.order_id}`,
        sqs: JSON.stringify(event),
      });
    });

    it('stays where the event is too large: queues alone get the pointer', async () => {
      const payloads = new StoredPayloads();
      // It would fit by itself, and does not with the other texts and what quotes it.
      const event = eventOf(maxTopicMessageBytes);

      const input = await publishWorded(event, payloads);

      const [[key, stored] = ['', '']] = payloads.objects;
      expect(JSON.parse(stored)).toEqual(event);
      expect(JSON.parse(input?.Message ?? '')).toEqual({
        default: 'Somebody ordered.',
        sms: `Order ${event.order_id}`,
        sqs: encodePointer({ bucket: payloads.bucket, key }),
      });
      expect(input?.MessageAttributes).toHaveProperty('ExtendedPayloadSize');
    });

    it('fails where the other texts alone are too large', async () => {
      const endless = new EventFamily(orderEvents.schemas, {
        wording: { subject: () => 'An order', texts: { default: () => 'x'.repeat(maxTopicMessageBytes) } },
      });
      const publishing = new TopicPublisher({
        sns: { send: (async () => ({})) as never },
        topicArn,
        events: endless,
        claimCheck: new StoredPayloads().claimCheck(),
      }).publish(orderPlaced());

      await expect(publishing).rejects.toThrow(EventTooLargeError);
      await expect(publishing).rejects.toThrow(/Shorten its texts/);
    });
  });

  it('fails with a passing failure when SNS is down', async () => {
    const publishing = publisher(async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    }).publish(orderPlaced());

    await expect(publishing).rejects.toThrow(DependencyDownError);
  });
});
