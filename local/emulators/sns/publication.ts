import { createHash } from 'node:crypto';
import { maxTopicMessageBytes } from '../../../contracts/message-sizes.ts';
import { AwsError } from '../aws-error.ts';
import type { MessageAttribute, StoredTopic } from '../message-store.ts';
import { isMessageGroupId } from '../sqs/message-group-id.ts';

/** What a publisher hands to a topic. */
export interface Publication {
  readonly message: string;
  readonly subject: string | undefined;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** With `json`, the message holds one text for each protocol. */
  readonly structure: string | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
}

type Parameters = Readonly<Record<string, unknown>>;

/** Reads the members of a publication that stand under a prefix of the query protocol. */
export function readPublication(parameters: Parameters, prefix = ''): Publication {
  const member = (name: string): string | undefined => {
    const value = parameters[`${prefix}${name}`];
    return value === undefined || value === '' ? undefined : String(value);
  };
  return {
    message: member('Message') ?? '',
    subject: member('Subject'),
    attributes: readAttributes(parameters, `${prefix}MessageAttributes.entry.`),
    structure: member('MessageStructure'),
    groupId: member('MessageGroupId'),
    deduplicationId: member('MessageDeduplicationId'),
  };
}

function readAttributes(parameters: Parameters, prefix: string): Record<string, MessageAttribute> {
  const attributes: Record<string, MessageAttribute> = {};
  for (let place = 1; parameters[`${prefix}${place}.Name`] !== undefined; place += 1) {
    const value = (member: string) => parameters[`${prefix}${place}.Value.${member}`];
    const text = value('StringValue');
    const bytes = value('BinaryValue');
    attributes[String(parameters[`${prefix}${place}.Name`])] = {
      DataType: String(value('DataType') ?? ''),
      ...(text === undefined ? {} : { StringValue: String(text) }),
      ...(bytes === undefined ? {} : { BinaryValue: String(bytes) }),
    };
  }
  return attributes;
}

/**
 * Checks a publication as the topic would, and fills in the deduplication id that comes from the body.
 *
 * @throws AwsError InvalidParameter
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function accepted(publication: Publication, topic: StoredTopic): Publication {
  const { message, structure, attributes, groupId } = publication;
  if (message === '') {
    throw invalid('Empty message');
  }
  if (sizeOf(message, attributes) > maxTopicMessageBytes) {
    throw invalid(`Message too long. Message must be shorter than ${maxTopicMessageBytes} bytes.`);
  }
  if (structure === 'json') {
    requireDefaultText(message);
  }
  if (groupId !== undefined && !isMessageGroupId(groupId)) {
    throw invalid(
      'MessageGroupId can only include alphanumeric and punctuation characters, 1 to 128 of them.',
    );
  }
  if (topic.attributes.FifoTopic !== 'true') {
    return publication;
  }
  if (groupId === undefined) {
    throw invalid('The MessageGroupId parameter is required for FIFO topics');
  }
  const isByContent = topic.attributes.ContentBasedDeduplication === 'true';
  if (publication.deduplicationId === undefined && !isByContent) {
    throw invalid(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  return {
    ...publication,
    deduplicationId: publication.deduplicationId ?? createHash('sha256').update(message).digest('hex'),
  };
}

function requireDefaultText(message: string): void {
  let texts: unknown;
  try {
    texts = JSON.parse(message);
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  if (typeof texts !== 'object' || texts === null || !('default' in texts)) {
    throw invalid('Message Structure - No default entry in JSON message body');
  }
}

function sizeOf(message: string, attributes: Readonly<Record<string, MessageAttribute>>): number {
  let bytes = Buffer.byteLength(message);
  for (const [name, { DataType, StringValue = '', BinaryValue = '' }] of Object.entries(attributes)) {
    bytes += [name, DataType, StringValue, BinaryValue].reduce(
      (sum, text) => sum + Buffer.byteLength(text),
      0,
    );
  }
  return bytes;
}

function invalid(fault: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${fault}`);
}
