import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { CommandFailure, UsageError } from '../command-errors.ts';
import type { OutgoingMessage } from '../queues/queues.ts';
import { MessageFormatError, type ParsedMessage, parseMessage } from './message-document.ts';
import { linesOf } from './message-lines.ts';

/** Messages in a file or a stream, one line of JSON each; a message's id is the number of its line. */
export interface MessageSource {
  /** What it is called to a person. */
  readonly name: string;
  /** How many there are; unknown of a stream. */
  readonly total: number | undefined;
  messages(): AsyncIterable<OutgoingMessage>;
}

/** Makes of what a line holds the message to send. @throws MessageFormatError when that cannot be. */
export type Check = (message: ParsedMessage) => OutgoingMessage;

const shownMistakes = 5;

/**
 * Messages of a file. All of it is read once before anything is sent, so that a wrong line in the middle
 * does not leave half of the file sent.
 *
 * @throws UsageError when there is no such file, or a line is no message.
 */
export async function messagesOfFile(path: string, check: Check): Promise<MessageSource> {
  await access(path).catch(() => {
    throw new UsageError(`There is no file ${path}, or it cannot be read.`);
  });
  const mistakes: string[] = [];
  let total = 0;
  for await (const { text, number } of linesOf(createReadStream(path))) {
    total += 1;
    try {
      check(parseMessage(text, String(number)));
    } catch (fault) {
      if (!(fault instanceof MessageFormatError)) throw fault;
      mistakes.push(`  line ${number}: ${fault.message}`);
    }
  }
  if (mistakes.length > 0) {
    const more = mistakes.length - shownMistakes;
    throw new UsageError(
      `${path} has lines that are no messages; nothing was sent.\n${mistakes.slice(0, shownMistakes).join('\n')}${more > 0 ? `\n  and ${more} more` : ''}\nA line is {"body": …, "attributes": {"name": "value"}, "groupId": "…", "deduplicationId": "…", "delaySeconds": 0}; all but the body may be missing.`,
    );
  }
  return { name: path, total, messages: () => parsed(createReadStream(path), check) };
}

/** Messages of a stream, which is read while they are sent: a wrong line ends it. */
export function messagesOfStream(stream: AsyncIterable<Uint8Array>, check: Check): MessageSource {
  return { name: 'standard input', total: undefined, messages: () => parsed(stream, check) };
}

async function* parsed(stream: AsyncIterable<Uint8Array>, check: Check): AsyncGenerator<OutgoingMessage> {
  for await (const { text, number } of linesOf(stream)) {
    try {
      yield check(parseMessage(text, String(number)));
    } catch (fault) {
      if (!(fault instanceof MessageFormatError)) throw fault;
      throw new CommandFailure(
        `Line ${number} is no message (${fault.message}): nothing from there on was sent.`,
      );
    }
  }
}
