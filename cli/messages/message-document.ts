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

/** Name and value of each attribute. Not `v.record`, which leaves out a name such as `constructor`. */
const attributes = v.pipe(
  v.custom<object>(given => typeof given === 'object' && given !== null && !Array.isArray(given)),
  v.transform(given => Object.entries<unknown>(given as Record<string, unknown>)),
  v.array(v.tuple([v.string(), attribute])),
);

const messageSchema = v.object(
  {
    /** Text as it is; anything else is sent as JSON. */
    body: v.unknown(),
    attributes: v.optional(attributes, {}),
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
  const parsed = v.safeParse(messageSchema, jsonOf(line));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const path = v.getDotPath(issue);
    throw new MessageFormatError(`${path ? `"${path}": ` : ''}${issue.message}`);
  }
  const { body, attributes, ...rest } = parsed.output;
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

function attributesOf(given: v.InferOutput<typeof attributes>): MessageAttributes {
  return Object.fromEntries(
    given.map(([name, value]): [string, MessageAttribute] => {
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
