/** A message of RabbitMQ as Lambda hands it over. */
export interface RabbitMqMessage {
  readonly basicProperties: {
    readonly messageId?: string | null;
    readonly headers?: Readonly<Record<string, unknown>> | null;
  };
  readonly redelivered: boolean;
  /** The body, in Base64. */
  readonly data: string;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export interface RabbitMqEvent {
  readonly eventSource: 'aws:rmq';
  readonly eventSourceArn: string;
  /** Messages by `queue::virtual host`. */
  readonly rmqMessagesByQueue: Readonly<Record<string, readonly RabbitMqMessage[]>>;
}

/** A message of ActiveMQ as Lambda hands it over. */
export interface ActiveMqMessage {
  readonly messageID: string;
  /** Of text or bytes; Lambda passes on no other. */
  readonly messageType: 'jms/text-message' | 'jms/bytes-message';
  readonly redelivered: boolean;
  readonly destination: { readonly physicalName: string };
  /** The body, in Base64. */
  readonly data: string;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
export interface ActiveMqEvent {
  readonly eventSource: 'aws:mq';
  readonly eventSourceArn: string;
  readonly messages: readonly ActiveMqMessage[];
}

/** A message of either broker. */
export interface BrokerDelivery {
  readonly queue: string;
  readonly messageId: string | null | undefined;
  readonly redelivered: boolean;
  readonly body: string;
}

/** The messages of a batch, in their order. */
export function deliveriesIn(event: RabbitMqEvent | ActiveMqEvent): BrokerDelivery[] {
  if (event.eventSource === 'aws:mq') {
    return event.messages.map(({ messageID, redelivered, destination, data }) => ({
      queue: destination.physicalName,
      messageId: messageID,
      redelivered,
      body: textOf(data),
    }));
  }
  return Object.entries(event.rmqMessagesByQueue).flatMap(([place, messages]) => {
    const [queue = place] = place.split('::');
    return messages.map(({ basicProperties, redelivered, data }) => ({
      queue,
      messageId: basicProperties.messageId,
      redelivered,
      body: textOf(data),
    }));
  });
}

function textOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
