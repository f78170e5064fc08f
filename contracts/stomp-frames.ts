/** A frame of STOMP 1.2: what it asks for or tells, about what, and a text. */
export interface StompFrame {
  readonly command: string;
  readonly headers: StompHeaders;
  readonly body: string;
}

export type StompHeaders = Readonly<Record<string, string>>;

/** What came is not STOMP 1.2. */
export class StompProtocolError extends Error {
  override readonly name = 'StompProtocolError';
}

/** What is sent when there is nothing to say, so that the other side sees that somebody is there. */
export const stompHeartbeat = '\n';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const end = 0x00;

/** Frames whose headers are sent as they are, since STOMP 1.0 knew no escapes. */
const unescaped = new Set(['CONNECT', 'CONNECTED']);

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\r': '\\r', '\n': '\\n', ':': '\\c' };
const escaped: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(escapes).map(([character, sequence]) => [sequence, character]),
);

/** @see https://stomp.github.io/stomp-specification-1.2.html#STOMP_Frames */
export function encodeFrame({ command, headers, body }: StompFrame): Buffer {
  const written = unescaped.has(command) ? asItIs : escapeText;
  const lines = Object.entries(headers).map(([name, value]) => `${written(name)}:${written(value)}\n`);
  const length = body === '' ? '' : `content-length:${Buffer.byteLength(body)}\n`;
  return Buffer.from(`${command}\n${lines.join('')}${length}\n${body}\0`);
}

/** Takes frames out of a stream of bytes, however that is cut into pieces. */
export class StompDecoder {
  #bytes: Buffer = Buffer.alloc(0);

  /**
   * @returns the frames that are complete with this piece; heartbeats between them are left out.
   * @throws StompProtocolError when this is no STOMP 1.2. Nothing behind it can be understood.
   */
  push(piece: Buffer): StompFrame[] {
    this.#bytes = this.#bytes.length === 0 ? piece : Buffer.concat([this.#bytes, piece]);
    const frames: StompFrame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): StompFrame | undefined {
    const start = this.#bytes.findIndex(byte => byte !== lineFeed && byte !== carriageReturn);
    this.#bytes = this.#bytes.subarray(start === -1 ? this.#bytes.length : start);
    const headEnd = endOfHead(this.#bytes);
    if (headEnd === undefined) return undefined;
    const [command = '', ...lines] = this.#bytes.subarray(0, headEnd).toString().trimEnd().split(/\r?\n/);
    const headers = headersIn(lines, unescaped.has(command) ? asItIs : unescapeText);
    const bodyEnd = this.#endOfBody(headEnd, headers['content-length']);
    if (bodyEnd === undefined) return undefined;
    const body = this.#bytes.subarray(headEnd, bodyEnd).toString();
    this.#bytes = this.#bytes.subarray(bodyEnd + 1);
    return { command, headers, body };
  }

  /** Where the body ends that begins here: after its length, or at the first NUL; undefined while it is not all there. */
  #endOfBody(from: number, length: string | undefined): number | undefined {
    if (length === undefined) {
      const to = this.#bytes.indexOf(end, from);
      return to === -1 ? undefined : to;
    }
    const to = from + Number(length);
    if (!Number.isSafeInteger(to) || to < from) throw new StompProtocolError(`content-length is ${length}.`);
    if (to >= this.#bytes.length) return undefined;
    if (this.#bytes[to] !== end) throw new StompProtocolError(`No frame ends after ${length} bytes of body.`);
    return to;
  }
}

/** Where the first empty line ends, which ends the headers. */
function endOfHead(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    const next = bytes[at + 1] === carriageReturn ? at + 2 : at + 1;
    if (bytes[next] === lineFeed) return next + 1;
  }
  return undefined;
}

function headersIn(lines: readonly string[], read: (text: string) => string): StompHeaders {
  // Not an object yet, which has names of its own.
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new StompProtocolError(`A header has no name: ${line.slice(0, 100)}`);
    const name = read(line.slice(0, colon));
    // Of headers with one name, the first counts: who passed the frame on put it before the others.
    if (!headers.has(name)) headers.set(name, read(line.slice(colon + 1)));
  }
  return Object.fromEntries(headers);
}

function asItIs(text: string): string {
  return text;
}

function escapeText(text: string): string {
  return text.replace(/[\\\r\n:]/g, character => escapes[character] as string);
}

function unescapeText(text: string): string {
  return text.replace(/\\[\s\S]?/g, sequence => {
    const character = escaped[sequence];
    if (character === undefined) throw new StompProtocolError(`Nothing is escaped as ${sequence}.`);
    return character;
  });
}
