import { AwsError } from './aws-error.ts';
import type { WireAction } from './wire-protocol.ts';

/** A command of the SDK: its class is named after the action, its input has the action's parameters. */
export interface QueueCommand {
  readonly input: object;
  readonly constructor: { readonly name: string };
}

type Attributes = Readonly<Record<string, { readonly BinaryValue?: string | Uint8Array }>>;

interface Received {
  readonly Messages?: readonly { readonly MessageAttributes?: Attributes }[];
}

/**
 * Answers the commands of the SQS client from within this process.
 *
 * Event source mappings call for every message; over the wire, each delivery would cost this process a quarter more.
 * Functions and everybody else go over the wire.
 */
export class DirectQueues {
  readonly #actions: ReadonlyMap<string, WireAction>;
  readonly #region: string;

  constructor(actions: ReadonlyMap<string, WireAction>, region: string) {
    this.#actions = actions;
    this.#region = region;
  }

  async send(
    command: QueueCommand,
    { abortSignal }: { readonly abortSignal?: AbortSignal } = {},
  ): Promise<object> {
    const target = `AmazonSQS.${command.constructor.name.replace(/Command$/, '')}`;
    const action = this.#actions.get(target);
    if (action === undefined) {
      throw new AwsError('InvalidAction', `${target} is not answered within this process; use the endpoint.`);
    }
    abortSignal?.throwIfAborted();
    const parameters = command.input as Record<string, unknown>;
    const answer = Promise.resolve(
      action({
        action: target,
        parameters,
        region: this.#region,
        isGone: () => abortSignal?.aborted === true,
      }),
    ).then(result => withBytes(result as Received));
    return abortSignal === undefined ? answer : Promise.race([answer, rejectedOnAbort(abortSignal)]);
  }
}

function rejectedOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Binary attributes are base64 on the wire, and bytes for callers of the SDK. */
function withBytes(result: Received): object {
  return result.Messages === undefined
    ? result
    : {
        ...result,
        Messages: result.Messages.map(message =>
          message.MessageAttributes === undefined
            ? message
            : { ...message, MessageAttributes: decoded(message.MessageAttributes) },
        ),
      };
}

function decoded(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      typeof attribute.BinaryValue === 'string'
        ? { ...attribute, BinaryValue: Buffer.from(attribute.BinaryValue, 'base64') }
        : attribute,
    ]),
  );
}
