import { UsageError } from '../command-errors.ts';

/** A queue as an operator named it. */
export interface QueueAddress {
  /** What was typed. */
  readonly text: string;
  readonly name: string;
  readonly region?: string;
  readonly accountId?: string;
  /** Origin of a URL that is not of AWS: the endpoint to talk to. */
  readonly endpoint?: string;
  /** Whether the DLQ of the queue of that name is meant. */
  readonly deadLetterQueue?: boolean;
}

const queueName = /^(?=.{1,80}$)[\w-]+(\.fifo)?$/;
const accountId = /^\d{12}$/;
const amazonHost = /\.amazonaws\.com(\.cn)?$/;
const regionInHost = [/(?:^|\.)sqs\.([a-z0-9-]+)\./, /^([a-z0-9-]+)\.queue\.amazonaws\./];

const forms = `a queue is given as one of
  order-processing-payment                                          its name
  order-processing/payment                                          stack/queue
  order-processing/payment/dlq                                      its DLQ
  order-processing/PaymentDlqUrl                                    the output of a stack
  https://sqs.eu-west-1.amazonaws.com/111122223333/order-processing-payment
  arn:aws:sqs:eu-west-1:111122223333:order-processing-payment`;

/**
 * Reads a queue's name, `stack/queue`, its DLQ, a stack's output, URL or ARN.
 *
 * @throws UsageError when the text is none of these.
 */
export function parseQueueAddress(text: string): QueueAddress {
  const address = fromArn(text) ?? fromUrl(text) ?? fromStack(text) ?? { text, name: text };
  if (!queueName.test(address.name)) {
    throw new UsageError(
      `"${text}" names no queue: ${forms}\nwith up to 80 letters, digits, hyphens and underscores, and .fifo at the end of a FIFO queue's name.`,
    );
  }
  return address;
}

function fromArn(text: string): QueueAddress | undefined {
  if (!text.startsWith('arn:')) return undefined;
  const [, , service, region, account, name] = text.split(':');
  if (service !== 'sqs' || !region || !account || !name) {
    throw new UsageError(`"${text}" is not the ARN of a queue: ${forms}`);
  }
  return { text, name, region, accountId: account };
}

function fromUrl(text: string): QueueAddress | undefined {
  if (!/^https?:\/\//.test(text)) return undefined;
  const url = URL.parse(text);
  const [account, name, ...rest] = url?.pathname.slice(1).split('/') ?? [];
  if (!url || !account || !accountId.test(account) || !name || rest.length > 0) {
    throw new UsageError(`"${text}" is not the URL of a queue: ${forms}`);
  }
  const region = regionInHost.map(pattern => pattern.exec(url.hostname)?.[1]).find(Boolean);
  return {
    text,
    name,
    accountId: account,
    ...(region && { region }),
    ...(!amazonHost.test(url.hostname) && { endpoint: url.origin }),
  };
}

function fromStack(text: string): QueueAddress | undefined {
  const [stack, queue, role, ...rest] = text.split('/');
  if (!stack || !queue || rest.length > 0) return undefined;
  if (role === undefined) return fromOutput(text, stack, queue) ?? { text, name: `${stack}-${queue}` };
  return role === 'dlq' ? { text, name: `${stack}-${queue}`, deadLetterQueue: true } : undefined;
}

/** Stacks name their outputs after the queue: `PaymentQueueUrl`, `PaymentDlqUrl`. */
function fromOutput(text: string, stack: string, output: string): QueueAddress | undefined {
  const [, id, kind] = /^([A-Z]\w*?)(Queue|Dlq)(?:Url|Arn|Name)$/.exec(output) ?? [];
  if (!id) return undefined;
  const name = `${stack}-${id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()}`;
  return { text, name, ...(kind === 'Dlq' && { deadLetterQueue: true }) };
}
