import { summaryOf } from '../queues/message-summary.ts';
import type { MessageAttribute, ReceivedMessage } from '../queues/queues.ts';
import { counted } from '../terminal/counted.ts';
import { agoText } from '../terminal/durations.ts';
import { harmless, printable } from '../terminal/text-table.ts';

export interface MessageTextOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether to show by what the message can be deleted. */
  readonly receiptHandle: boolean;
}

/** A received message, for a person: what it is, its attributes, its body. */
export function messageText(message: ReceivedMessage, { now, receiptHandle }: MessageTextOptions): string {
  const { type, subject } = summaryOf(message);
  const facts = [
    message.id,
    type && printable(type),
    subject && printable(subject),
    message.sentAt !== undefined && `sent ${agoText(message.sentAt, now)}`,
    counted(message.receiveCount, 'receive'),
    message.groupId && `group ${printable(message.groupId)}`,
  ].filter(Boolean);
  const attributes = Object.entries(message.attributes).map(
    ([name, attribute]) => `  ${printable(name)}: ${attributeText(attribute)}`,
  );
  return [
    facts.join(', '),
    ...attributes,
    ...harmless(message.body)
      .split('\n')
      .map(line => `  | ${line}`),
    ...(receiptHandle ? [`  receipt handle: ${message.receiptHandle}`] : []),
  ].join('\n');
}

function attributeText({ dataType, value }: MessageAttribute): string {
  const text =
    typeof value === 'string' ? printable(value) : `${counted(value.byteLength, 'byte')} of binary data`;
  return dataType === 'String' ? text : `${text} (${printable(dataType)})`;
}
