import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { jest } from '@jest/globals';
import { encodeFrame, StompDecoder } from '../../../contracts/stomp-frames.ts';
import { selfSignedCertificate } from '../../../local/emulators/sns/self-signed-certificate.ts';
import { StompConnection } from '../../../worker/broker/stomp/stomp-connection.ts';
import { until } from '../support/until.ts';

const user = { username: 'messaging', password: 'password-of-the-broker' };

/** A broker that says what it is told to. */
async function brokerThat(answer: (command: string, socket: Socket) => void) {
  const server = createServer(socket => {
    const decoder = new StompDecoder();
    socket.on('data', data => {
      for (const { command } of decoder.push(data)) answer(command, socket);
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, address: new URL(`stomp://127.0.0.1:${port}`) };
}

const frame = (command: string, headers: Record<string, string> = {}) =>
  encodeFrame({ command, headers, body: '' });

const message = { queue: 'orders', body: '{}', headers: {} };

it('tells a broker that cannot prove its name nothing, its password least', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = selfSignedCertificate({
    commonName: '127.0.0.1',
    publicKey,
    privateKey,
    validFrom: new Date(Date.now() - 60_000),
    validTo: new Date(Date.now() + 3_600_000),
  });
  const heard: Buffer[] = [];
  const server = createTlsServer(
    { key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: certificate },
    socket => {
      socket.on('data', data => heard.push(data));
      socket.on('error', () => undefined);
    },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const address = new URL(`stomp+ssl://127.0.0.1:${port}`);
    await expect(StompConnection.open(address, user, 'test')).rejects.toThrow('self-signed certificate');
    expect(heard).toEqual([]);
  } finally {
    server.close();
  }
});

it('does not take a message for published when the connection ends without a receipt', async () => {
  const { server, address } = await brokerThat((command, socket) => {
    if (command === 'CONNECT') socket.write(frame('CONNECTED', { version: '1.2', 'heart-beat': '0,0' }));
    else socket.destroy();
  });
  try {
    const connection = await StompConnection.open(address, user, 'test');
    await expect(connection.commit({ sent: [message] }, 5_000)).rejects.toThrow('did not confirm');
    expect(await connection.closed).toBeUndefined();
    await expect(connection.commit({ sent: [message] }, 5_000)).rejects.toThrow('did not confirm');
  } finally {
    server.close();
  }
});

it('does not wait for a receipt for ever', async () => {
  const { server, address } = await brokerThat((command, socket) => {
    if (command === 'CONNECT') socket.write(frame('CONNECTED', { version: '1.2', 'heart-beat': '0,0' }));
    if (command === 'DISCONNECT') socket.destroy();
  });
  try {
    const connection = await StompConnection.open(address, user, 'test');
    await expect(connection.commit({ sent: [message] }, 50)).rejects.toThrow('no confirmation within 50 ms');
    await connection.close();
  } finally {
    server.close();
  }
});

it.each([
  ['what the broker says is wrong', frame('ERROR', { message: 'No space' }), 'The broker refuses: No space'],
  [
    'what is no STOMP',
    Buffer.from('HTTP/1.1 400 Bad Request\r\nno header\r\n\r\n\0'),
    'A header has no name',
  ],
])('is over with %s', async (_, answer, reason) => {
  const { server, address } = await brokerThat((_, socket) => socket.write(answer));
  try {
    await expect(StompConnection.open(address, user, 'test')).rejects.toThrow(reason);
  } finally {
    server.close();
  }
});

describe('while nothing is said', () => {
  beforeEach(() => {
    // Intervals and their clock alone: what comes over the wire takes its own time.
    jest.useFakeTimers({
      doNotFake: [
        'setTimeout',
        'clearTimeout',
        'setImmediate',
        'clearImmediate',
        'nextTick',
        'queueMicrotask',
      ],
    });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A broker that agreed on a sign of life each 15 seconds. */
  async function silentBroker() {
    const heard: string[] = [];
    const { server, address } = await brokerThat((command, socket) => {
      if (command === 'DISCONNECT') socket.destroy();
      if (command !== 'CONNECT') return;
      socket.on('data', data => heard.push(data.toString()));
      socket.write(frame('CONNECTED', { version: '1.2', 'heart-beat': '15000,15000' }));
    });
    return { server, heard, connection: await StompConnection.open(address, user, 'test') };
  }

  it('gives signs of life, more often than was agreed', async () => {
    const { server, heard, connection } = await silentBroker();
    try {
      jest.advanceTimersByTime(15_000);
      await until('the broker hears them', () => heard.join('') === '\n\n');
    } finally {
      await connection.close();
      server.close();
    }
  });

  it('takes a broker that gives none for gone, after two of them', async () => {
    const { server, connection } = await silentBroker();
    try {
      jest.advanceTimersByTime(30_000);
      expect(connection.isOpen).toBe(true);
      jest.advanceTimersByTime(15_000);
      expect(await connection.closed).toMatchObject({
        message: 'The broker gave no sign of life for 30000 ms.',
      });
    } finally {
      server.close();
    }
  });
});
