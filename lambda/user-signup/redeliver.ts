import { parseEnvironment } from '../../contracts/environment.ts';
import { redeliveryEnvironment } from '../../contracts/user-signup.ts';
import { redeliveredEvents, userEvents } from '../../contracts/users.ts';
import { parseEvent } from '../shared/message-body.ts';
import { messageConsumer } from '../shared/message-consumer.ts';
import { snsClient } from '../shared/sns-client.ts';
import { TopicPublisher } from '../shared/topic-publisher.ts';
import { unwrapped } from '../shared/wrapped-events.ts';
import { redelivering } from './redelivery.ts';

const { TOPIC_ARN: topicArn } = parseEnvironment(redeliveryEnvironment, process.env);

export const handler = messageConsumer({
  parse: content => unwrapped(content).map(event => parseEvent(event, redeliveredEvents)),
  subjectOf: () => ({ event_type: 'user_signed_up' }),
  handle: redelivering({ topic: new TopicPublisher({ sns: snsClient(), topicArn, events: userEvents }) }),
});
