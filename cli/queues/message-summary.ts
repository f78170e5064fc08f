import { eventTypeAttribute } from '../../contracts/events.ts';
import type { ReceivedMessage } from './queues.ts';

/** What tells an operator which message it is, and what became of it. */
export interface MessageSummary {
  readonly messageId: string;
  /** Type of the event, where the message tells. */
  readonly type?: string;
  /** Business id: of the order, or of what else the event is about. */
  readonly subject?: string;
  readonly receiveCount: number;
  /** Milliseconds since 1970; counted anew when a message is redriven. */
  readonly sentAt?: number;
  /** Milliseconds since 1970. */
  readonly firstReceivedAt?: number;
  /** Why it was dead-lettered, where whoever did it said so. */
  readonly error?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads type and business id from a message's attributes, its body, or the event in SNS's envelope. */
export function summaryOf(message: ReceivedMessage): MessageSummary {
  const outer = fieldsOf(message.body);
  const enveloped = typeof outer.TopicArn === 'string' && typeof outer.Message === 'string';
  const event = enveloped ? fieldsOf(outer.Message) : outer;
  const type =
    textOf(message.attributes[eventTypeAttribute]?.value) ??
    textOf((outer.MessageAttributes as EnvelopeAttributes | undefined)?.[eventTypeAttribute]?.Value) ??
    textOf(event.event_type);
  const subject = subjectOf(event);
  const error = textOf(message.attributes.ErrorMessage?.value) ?? textOf(message.attributes.ErrorCode?.value);
  return {
    messageId: message.id,
    ...(type && { type }),
    ...(subject && { subject }),
    receiveCount: message.receiveCount,
    ...(message.sentAt !== undefined && { sentAt: message.sentAt }),
    ...(message.firstReceivedAt !== undefined && { firstReceivedAt: message.firstReceivedAt }),
    ...(error && { error }),
  };
}

type EnvelopeAttributes = Readonly<Record<string, { readonly Value?: unknown } | undefined>>;

/** `order_id`, or the first field that is somebody's id; the correlation id says nothing to a person. */
function subjectOf(event: Fields): string | undefined {
  const name = Object.keys(event).find(field => /_id$/.test(field) && field !== 'correlation_id');
  return textOf(event.order_id) ?? (name && textOf(event[name]));
}

function fieldsOf(text: unknown): Fields {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
