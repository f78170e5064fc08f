import * as v from 'valibot';
import type {
  MessageAttribute,
  MessageAttributes,
  OutgoingMessage,
  ReceivedMessage,
} from '../queues/queues.ts';

/** SQS's three types, with whatever a sender adds after a dot: `Number.cents`. */
const dataType = v.pipe(
  v.string(),
  v.regex(/^(String|Number|Binary)(\..+)?$/, 'allowed: String, Number, Binary'),
);

const attribute = v.union(
  [v.string(), v.number(), v.object({ type: dataType, value: v.string() })],
  'an attribute is a text, a number, or {"type": "String", "value": "…"}; the value of a Binary in base64',
);

const messageSchema = v.object(
  {
    /** Text as it is; anything else is sent as JSON. */
    body: v.unknown(),
    /** Each is looked at by itself: `v.record` leaves out names such as `constructor`. */
    attributes: v.optional(v.custom<Readonly<Record<string, unknown>>>(isObject), {}),
    groupId: v.optional(v.string()),
    deduplicationId: v.optional(v.string()),
    traceHeader: v.optional(v.string()),
    delaySeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(900))),
    id: v.optional(v.string()),
    queue: v.optional(v.string()),
    sentAt: v.optional(
      v.pipe(
        v.string(),
        v.transform(text => Date.parse(text)),
      ),
    ),
  },
  'a message is an object with a "body"',
);

/** What a line holds: a message, and where it came from if it was exported. */
export interface ParsedMessage extends OutgoingMessage {
  readonly origin: {
    readonly messageId?: string | undefined;
    /** ARN. */
    readonly queue?: string | undefined;
    /** Milliseconds since 1970. */
    readonly sentAt?: number | undefined;
  };
}

/** A line that is no message. */
export class MessageFormatError extends Error {
  override readonly name = 'MessageFormatError';
}

/**
 * A received message for machines: what `send --batch` and `dlq import` read again. Binary values are in
 * base64, times in ISO 8601.
 */
export function messageDocument(message: ReceivedMessage): object {
  const { sentAt, firstReceivedAt } = message;
  return {
    id: message.id,
    ...contentDocument(message),
    receiveCount: message.receiveCount,
    ...(sentAt !== undefined && { sentAt: new Date(sentAt).toISOString() }),
    ...(firstReceivedAt !== undefined && { firstReceivedAt: new Date(firstReceivedAt).toISOString() }),
    ...(message.deadLetterSourceArn && { deadLetterSourceArn: message.deadLetterSourceArn }),
  };
}

/** What of a message can be sent again. */
export function contentDocument(message: Omit<OutgoingMessage, 'id'>): object {
  return {
    body: message.body,
    ...(Object.keys(message.attributes).length > 0 && {
      attributes: Object.fromEntries(
        Object.entries(message.attributes).map(([name, value]) => [name, attributeDocument(value)]),
      ),
    }),
    ...(message.groupId && { groupId: message.groupId }),
    ...(message.deduplicationId && { deduplicationId: message.deduplicationId }),
    ...(message.traceHeader && { traceHeader: message.traceHeader }),
    ...(message.delaySeconds !== undefined && { delaySeconds: message.delaySeconds }),
  };
}

/**
 * Reads a message from a line of JSON.
 *
 * @throws MessageFormatError, saying which field is wrong and what is allowed.
 */
export function parseMessage(line: string, id: string): ParsedMessage {
  const { body, attributes, ...rest } = parsed(messageSchema, jsonOf(line));
  return {
    id,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: attributesOf(attributes),
    ...(rest.groupId && { groupId: rest.groupId }),
    ...(rest.deduplicationId && { deduplicationId: rest.deduplicationId }),
    ...(rest.traceHeader && { traceHeader: rest.traceHeader }),
    ...(rest.delaySeconds !== undefined && { delaySeconds: rest.delaySeconds }),
    origin: { messageId: rest.id, queue: rest.queue, sentAt: rest.sentAt },
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (fault) {
    throw new MessageFormatError(`not JSON (${(fault as Error).message})`);
  }
}

/** @throws MessageFormatError, naming the field below `path`. */
function parsed<Content>(schema: v.GenericSchema<unknown, Content>, given: unknown, path = ''): Content {
  const result = v.safeParse(schema, given);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = [path, v.getDotPath(issue)].filter(Boolean).join('.');
  throw new MessageFormatError(`${field ? `"${field}": ` : ''}${issue.message}`);
}

function isObject(given: unknown): boolean {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function attributesOf(given: Readonly<Record<string, unknown>>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(given).map(([name, content]): [string, MessageAttribute] => {
      const value = parsed(attribute, content, `attributes.${name}`);
      if (typeof value === 'string') return [name, { dataType: 'String', value }];
      if (typeof value === 'number') return [name, { dataType: 'Number', value: String(value) }];
      const binary = value.type.startsWith('Binary');
      return [
        name,
        { dataType: value.type, value: binary ? Buffer.from(value.value, 'base64') : value.value },
      ];
    }),
  );
}

function attributeDocument({ dataType: type, value }: MessageAttribute): object {
  return { type, value: typeof value === 'string' ? value : Buffer.from(value).toString('base64') };
}
