import * as v from 'valibot';
import { type ProtocolTexts, textsOf, type Wording } from './protocol-texts.ts';
import { requireEncrypted } from './secret-fields.ts';

/** Message attribute that carries an event's type; what subscription filter policies match on. */
export const eventTypeAttribute = 'eventType';

/** Fields that every event has. */
const envelope = {
  /** Ties everything that one request caused together, from HTTP to table. */
  correlation_id: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
};

/**
 * Schema of one event. Unknown fields are kept: a consumer that is older than the producer must not
 * lose what it does not know. Only the known ones are visible to the compiler.
 */
export function event<const Type extends string, Entries extends v.ObjectEntries>(
  type: Type,
  entries: Entries,
) {
  const schema = v.looseObject({ event_type: v.literal(type), ...envelope, ...entries });
  return schema as unknown as v.ObjectSchema<(typeof schema)['entries'], undefined>;
}

/** Schema of each event of a family, by its type. */
export type EventSchemas = Readonly<Record<string, v.GenericSchema>>;

/** Any of the named events of a family; without names, any of all. */
export type EventOf<Schemas extends EventSchemas, Type extends keyof Schemas = keyof Schemas> = v.InferOutput<
  Schemas[Type]
>;

/** What a consumer asks of a topic: its filter policy and its parser, made from the same names. */
export interface EventSelection<Event, Type extends string = string> {
  readonly types: readonly Type[];
  /** Accepts an event of these types and nothing else. */
  readonly schema: v.GenericSchema<unknown, Event>;
}

/** An event as a topic carries it. */
export interface EncodedEvent {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /**
   * Message group: a FIFO queue keeps the order within it, a standard queue serves groups fairly.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
   */
  readonly groupId?: string;
  /** What subscribers other than queues get, by protocol; without it, all of them get the body. */
  readonly texts?: ProtocolTexts;
  /** Subject of mails. */
  readonly subject?: string;
}

/** What a family has beside its schemas. */
export interface EventFamilyOptions<Schemas extends EventSchemas> {
  /**
   * The message group that an event belongs to, up to 128 letters, digits and punctuation; undefined for an
   * event that belongs to none, which a FIFO topic refuses.
   *
   * @default - no event belongs to a group
   */
  readonly groupBy?: (event: EventOf<Schemas>) => string | undefined;

  /**
   * What subscribers other than queues get: people by mail or SMS, programs by HTTPS.
   *
   * @default - the event, as queues do
   */
  readonly wording?: Wording<EventOf<Schemas>>;
}

/**
 * The events of one topic. Publishers encode with it, filter policies name types from it, consumers
 * parse with it: renaming an event type is a compile error in all three.
 */
export class EventFamily<Schemas extends EventSchemas> {
  readonly schemas: Schemas;
  readonly #groupBy: EventFamilyOptions<Schemas>['groupBy'];
  readonly #wording: EventFamilyOptions<Schemas>['wording'];

  constructor(schemas: Schemas, options: EventFamilyOptions<Schemas> = {}) {
    this.schemas = schemas;
    this.#groupBy = options.groupBy;
    this.#wording = options.wording;
  }

  /** The selection a consumer subscribes to. */
  select<const Type extends keyof Schemas & string>(
    ...types: Type[]
  ): EventSelection<EventOf<Schemas, Type>, Type> {
    const options = types.map(type => this.schemas[type]);
    return {
      types,
      // `variant` wants a tuple of schemas that the compiler can see; the names decide it here.
      schema: v.variant('event_type', options as never) as unknown as v.GenericSchema<
        unknown,
        EventOf<Schemas, Type>
      >,
    };
  }

  /**
   * The wire form of an event: JSON body, the attributes that subscriptions filter on, its group, its texts.
   *
   * @throws TypeError where a secret field is not encrypted.
   */
  encode(message: EventOf<Schemas> & { readonly event_type: string }): EncodedEvent {
    const schema = this.schemas[message.event_type];
    if (schema !== undefined) requireEncrypted(schema, message);
    const groupId = this.#groupBy?.(message);
    const wording = this.#wording;
    return {
      body: JSON.stringify(message),
      attributes: { [eventTypeAttribute]: message.event_type },
      ...(groupId !== undefined && { groupId }),
      ...(wording && { texts: textsOf(message, wording), subject: wording.subject(message) }),
    };
  }
}
