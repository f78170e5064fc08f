import { parcelEvents } from '../../../contracts/parcels.ts';
import { FanOutTopic } from '../../../lib/constructs/fan-out-topic.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { admitSubscribers } from '../../../lib/constructs/topic-guests.ts';
import { resourcesOfType, templateOf, testStack } from '../../support/stack-template.ts';

function statementsWith(...accounts: string[]) {
  const stack = testStack();
  const key = new MessageKey(stack, 'Key', { description: 'Encrypts scans' });
  const topic = new FanOutTopic(stack, 'Parcels', { events: parcelEvents, key, topicName: 'parcels' });
  admitSubscribers(topic, { accounts });
  return resourcesOfType(templateOf(stack), 'AWS::SNS::TopicPolicy')
    .flatMap(
      ([, { Properties }]) => (Properties.PolicyDocument as { Statement: { Action: unknown }[] }).Statement,
    )
    .filter(({ Action }) => ['sns:Subscribe', 'sns:GetTopicAttributes'].includes(String(Action)));
}

it('lets each account subscribe queues of its own, and all of them look at the topic', () => {
  const [first, second, look, ...others] = statementsWith('444455556666', '777788889999');
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    Action: 'sns:Subscribe',
    Condition: { StringEquals: { 'sns:Protocol': 'sqs' }, ArnLike: { 'sns:Endpoint': expect.anything() } },
  });
  expect(JSON.stringify(first)).toContain(':444455556666:*');
  expect(JSON.stringify(second)).toContain(':777788889999:*');
  expect(look).toMatchObject({ Action: 'sns:GetTopicAttributes' });
});

it('lets nobody in where nobody is named', () => {
  expect(statementsWith()).toEqual([]);
});
