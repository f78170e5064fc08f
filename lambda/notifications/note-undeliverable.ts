import { parseEnvironment } from '../../contracts/environment.ts';
import { topicValidation } from '../../contracts/mail-events.ts';
import { noteUndeliverableEnvironment } from '../../contracts/notifications.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { textField } from '../shared/message-body.ts';
import { messageConsumer } from '../shared/message-consumer.ts';
import { addressStore } from './address-store.ts';
import { parseMailEvent } from './mail-event-body.ts';
import { undeliverableNoting } from './undeliverable-noting.ts';

const { ADDRESSES_TABLE: tableName } = parseEnvironment(noteUndeliverableEnvironment, process.env);

export const handler = messageConsumer({
  parse: content => [parseMailEvent(content)],
  subjectOf: content => ({ event_type: textField(content, 'eventType') }),
  handle: undeliverableNoting({ addresses: addressStore(documentClient(), tableName) }),
  isProbe: body => body === topicValidation,
});
