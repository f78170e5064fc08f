import { setTimeout as pause } from 'node:timers/promises';
import { type Channel, type ConsumeMessage, connect } from 'amqplib';
import { type BrokerPolling, type PollBroker, retryMs, windowMs } from './broker-polling.ts';

/** Of a batch that failed, all messages are put back. */
export const pollRabbitMq: PollBroker = async (options, signal) => {
  const { address, credentials, queue, batchSize } = options;
  const { hostname, port } = new URL(address);
  const connection = await connect({ hostname, port: Number(port), ...credentials() });
  connection.on('error', () => undefined);
  let isClosed = false;
  connection.once('close', () => {
    isClosed = true;
  });
  const channel = await connection.createChannel();
  channel.on('error', () => void connection.close().catch(() => undefined));
  await channel.prefetch(batchSize);
  const arrived: ConsumeMessage[] = [];
  await channel.consume(queue, message => {
    if (message !== null) arrived.push(message);
  });
  while (!(signal.aborted || isClosed)) {
    if (arrived.length > 0) await hand(arrived.splice(0), channel, options);
    await pause(windowMs);
  }
  if (!isClosed) await connection.close();
};

async function hand(batch: readonly ConsumeMessage[], channel: Channel, options: BrokerPolling) {
  try {
    await options.invoke(eventOf(batch, options));
    for (const message of batch) channel.ack(message);
  } catch {
    await pause(retryMs);
    for (const message of batch) channel.nack(message, false, true);
  }
}

function eventOf(batch: readonly ConsumeMessage[], { brokerArn, queue }: BrokerPolling): object {
  return {
    eventSource: 'aws:rmq',
    eventSourceArn: brokerArn,
    rmqMessagesByQueue: {
      [`${queue}::/`]: batch.map(({ content, fields, properties }) => ({
        basicProperties: {
          contentType: properties.contentType,
          contentEncoding: properties.contentEncoding ?? null,
          headers: properties.headers,
          deliveryMode: properties.deliveryMode,
          correlationId: properties.correlationId ?? null,
          messageId: properties.messageId ?? null,
          type: properties.type ?? null,
        },
        redelivered: fields.redelivered,
        data: content.toString('base64'),
      })),
    },
  };
}
