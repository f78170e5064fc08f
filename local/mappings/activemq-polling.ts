import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import {
  encodeFrame,
  StompDecoder,
  type StompFrame,
  type StompHeaders,
} from '../../contracts/stomp-frames.ts';
import { type BrokerPolling, type PollBroker, retryMs, windowMs } from './broker-polling.ts';

/**
 * Lambda polls ActiveMQ over OpenWire; here it is STOMP. A batch that failed is kept in hand, and handed to the
 * function again.
 */
export const pollActiveMq: PollBroker = async (options, signal) => {
  const { hostname, port } = new URL(options.address);
  const socket = connect(Number(port), hostname);
  const decoder = new StompDecoder();
  const arrived: StompFrame[] = [];
  socket.on('error', () => undefined);
  socket.on('data', data => {
    for (const frame of decoder.push(data)) {
      if (frame.command === 'CONNECTED') subscribe(socket, options);
      else if (frame.command === 'MESSAGE') arrived.push(frame);
      else socket.destroy();
    }
  });
  await once(socket, 'connect');
  logIn(socket, hostname, options);
  while (!(signal.aborted || socket.destroyed)) {
    if (arrived.length > 0) await hand(arrived.splice(0), socket, options, signal);
    await pause(windowMs);
  }
  socket.destroy();
};

function logIn(socket: Socket, host: string, { credentials }: BrokerPolling): void {
  const { username: login, password: passcode } = credentials();
  write(socket, 'CONNECT', { 'accept-version': '1.2', host, login, passcode });
}

function subscribe(socket: Socket, { queue, batchSize }: BrokerPolling): void {
  write(socket, 'SUBSCRIBE', {
    id: 'poller',
    destination: `/queue/${queue}`,
    ack: 'client-individual',
    'activemq.prefetchSize': String(batchSize),
  });
}

async function hand(
  batch: readonly StompFrame[],
  socket: Socket,
  options: BrokerPolling,
  signal: AbortSignal,
): Promise<void> {
  while (!(signal.aborted || socket.destroyed)) {
    try {
      await options.invoke(eventOf(batch, options));
      for (const { headers } of batch) write(socket, 'ACK', { id: headers.ack ?? '' });
      return;
    } catch {
      await pause(retryMs);
    }
  }
}

function eventOf(batch: readonly StompFrame[], { brokerArn, queue }: BrokerPolling): object {
  return {
    eventSource: 'aws:mq',
    eventSourceArn: brokerArn,
    messages: batch.map(({ headers, body }) => ({
      messageID: headers['message-id'],
      messageType: headers['amq-msg-type'] === 'text' ? 'jms/text-message' : 'jms/bytes-message',
      deliveryMode: headers.persistent === 'true' ? 2 : 1,
      replyTo: headers['reply-to'] ?? null,
      type: headers.type ?? null,
      expiration: headers.expires ?? '0',
      priority: Number(headers.priority ?? 4),
      correlationId: headers['correlation-id'] ?? null,
      redelivered: headers.redelivered === 'true',
      destination: { physicalName: queue },
      data: Buffer.from(body).toString('base64'),
      timestamp: Number(headers.timestamp),
      properties: {},
    })),
  };
}

function write(socket: Socket, command: string, headers: StompHeaders): void {
  if (!socket.destroyed) socket.write(encodeFrame({ command, headers, body: '' }));
}
