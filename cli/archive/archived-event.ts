import * as v from 'valibot';
import {
  type ArchivedNotification,
  archivedNotification,
  groupOfArchived,
} from '../../contracts/event-archive.ts';
import { eventTypeAttribute } from '../../contracts/events.ts';
import type { MessageAttribute, MessageAttributes } from '../queues/queues.ts';

/** An event as the archive has it. */
export interface ArchivedEvent {
  /** Id of its publication. */
  readonly messageId: string;
  /** Milliseconds since 1970. */
  readonly publishedAt: number;
  readonly type: string;
  readonly body: string;
  /** As they were published. */
  readonly attributes: MessageAttributes;
  /** A replay's events are served as fairly as they were the first time. */
  readonly groupId?: string;
}

/** A line of the archive that is no event. */
export interface MalformedLine {
  readonly malformed: string;
}

/**
 * Reads a line of the archive.
 *
 * @param type of the folder that it stands in: of events that were published without saying theirs.
 */
export function readArchivedLine(line: string, type: string): ArchivedEvent | MalformedLine {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { malformed: 'it is no JSON' };
  }
  const result = v.safeParse(archivedNotification, json);
  if (!result.success) {
    const [issue] = result.issues;
    return { malformed: `it is no notification: ${v.getDotPath(issue) ?? 'all of it'}: ${issue.message}` };
  }
  return eventOf(result.output, type);
}

function eventOf(notification: ArchivedNotification, type: string): ArchivedEvent {
  const { MessageId, Timestamp, Message, MessageAttributes } = notification;
  const groupId = groupOfArchived(Message);
  return {
    ...(groupId !== undefined && { groupId }),
    messageId: MessageId,
    publishedAt: Date.parse(Timestamp),
    type,
    body: Message,
    attributes: {
      [eventTypeAttribute]: { dataType: 'String', value: type },
      ...Object.fromEntries(
        Object.entries(MessageAttributes).map(([name, attribute]) => [name, attributeOf(attribute)]),
      ),
    },
  };
}

function attributeOf({ Type, Value }: { readonly Type: string; readonly Value: string }): MessageAttribute {
  return { dataType: Type, value: Type.startsWith('Binary') ? Buffer.from(Value, 'base64') : Value };
}
