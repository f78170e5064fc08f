import type { EventSelection } from '../../contracts/events.ts';
import { parseEvent, textField } from './message-body.ts';
import { type MessageConsumerOptions, messageConsumer, type SqsHandler } from './message-consumer.ts';

export type { Delivery, Handled } from './message-consumer.ts';

export interface QueueConsumerOptions<Event>
  extends Pick<MessageConsumerOptions<Event>, 'handle' | 'inParallel' | 'keepsGroupOrder' | 'claimCheck'> {
  /** The events to take; the same selection makes the subscription's filter policy. */
  readonly selection: EventSelection<Event>;

  /** Field that names what events are about, on every log line. */
  readonly subjectField: keyof Event & string;
}

/** Makes a Lambda handler of a function that handles one event of a family: see {@link messageConsumer}. */
export function queueConsumer<Event extends { readonly event_type: string; readonly correlation_id: string }>(
  options: QueueConsumerOptions<Event>,
): SqsHandler {
  const { selection, subjectField, ...others } = options;
  return messageConsumer({
    ...others,
    parse: content => [parseEvent(content, selection)],
    subjectOf: content => ({
      event_type: textField(content, 'event_type'),
      [subjectField]: textField(content, subjectField),
      correlation_id: textField(content, 'correlation_id'),
    }),
  });
}
