import type { PublishCommand } from '@aws-sdk/client-sns';
import { EventFamily, maxEventBytes } from '../../../contracts/events.ts';
import { orderEvents } from '../../../contracts/orders.ts';
import { DependencyDownError, EventTooLargeError } from '../../../lambda/shared/failures.ts';
import { encodedBytes, TopicPublisher } from '../../../lambda/shared/topic-publisher.ts';
import { orderPlaced } from '../../support/order-events.ts';

const topicArn = 'arn:aws:sns:eu-west-1:111111111111:OrderPlaced';

function publisher(send: (command: PublishCommand) => Promise<object>) {
  return new TopicPublisher({ sns: { send: send as never }, topicArn, events: orderEvents });
}

/** An event that SNS counts as so many bytes. */
function eventOf(bytes: number) {
  const empty = encodedBytes(orderEvents.encode(orderPlaced({ customer: '' })));
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
    await expect(publisher(async () => ({})).publish(eventOf(maxEventBytes))).resolves.toBeUndefined();
  });

  it('fails when the event is a byte larger, before anything is sent', async () => {
    let sent = 0;
    const publishing = publisher(async () => {
      sent++;
      return {};
    }).publish(eventOf(maxEventBytes + 1));

    await expect(publishing).rejects.toThrow(EventTooLargeError);
    await expect(publishing).rejects.toThrow(/order_placed event is 262145 bytes .* SNS takes 262144/);
    expect(sent).toBe(0);
  });

  it('counts bytes, not characters, and attributes too', () => {
    expect(encodedBytes({ body: '{"a":"é€"}', attributes: { eventType: 'x' } })).toBe(
      13 + 'eventTypeStringx'.length,
    );
  });

  it('fails with a passing failure when SNS is down', async () => {
    const publishing = publisher(async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    }).publish(orderPlaced());

    await expect(publishing).rejects.toThrow(DependencyDownError);
  });
});
