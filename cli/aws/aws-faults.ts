import { CommandFailure, ThrottledError } from '../command-errors.ts';
import { isLoopback } from './connection.ts';

/** A request, as far as its failure is explained by it. */
export interface AwsRequest {
  /** `ReceiveMessage`. */
  readonly action: string;
  /** The queue or the list that it is about. */
  readonly on: string;
  /** What the caller must be allowed. */
  readonly permissions: readonly string[];
  /** Where requests go, if not to AWS. */
  readonly endpoint: string | undefined;
}

interface ServiceFault {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
}

const missingQueue = /^(QueueDoesNotExist|ResourceNotFoundException)$|NonExistentQueue$/;
const denied = /AccessDenied|^(AuthorizationError|UnauthorizedOperation|NotAuthorized)/;
const throttled = /Throttl|^(TooManyRequests|SlowDown|OverLimit)/;
const unknownCredentials =
  /^(UnrecognizedClient|InvalidClientTokenId|ExpiredToken|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|InvalidAccessKeyId)/;
const networkCode =
  /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|ENETUNREACH|EPIPE)\b/;

/** Makes a request and turns its failure into one that says what to do. */
export async function request<Answer>(about: AwsRequest, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (fault) {
    throw explain(fault, about);
  }
}

/** Whether the queue that a request names does not exist. */
export function isMissingQueue(fault: unknown): boolean {
  return missingQueue.test(asFault(fault).name);
}

/** A failed request in the words of whoever has to mend it. */
export function explain(thrown: unknown, { action, on, permissions, endpoint }: AwsRequest): CommandFailure {
  const fault = asFault(thrown);
  const what = `${action} on ${on} failed`;
  const cause = { cause: thrown };
  // The SDK wraps some faults of the network and keeps their text alone.
  const network = networkCode.exec(fault.code ?? fault.message)?.[0];
  if (network === 'ECONNREFUSED') {
    return new CommandFailure(
      isLoopback(endpoint)
        ? `Nothing listens at ${endpoint}. Is the local cloud running? Start it with \`npm start\`; on another port, say which: --endpoint http://127.0.0.1:<port>.`
        : `The connection to ${endpoint ?? 'AWS'} was refused. Check --endpoint and the network.`,
      cause,
    );
  }
  if (fault.name === 'TimeoutError' || network) {
    return new CommandFailure(
      `${endpoint ?? 'AWS'} does not answer (${fault.message}). Check the network, a proxy or VPN, and that the region exists (--region).`,
      cause,
    );
  }
  if (/region is missing/i.test(fault.message)) {
    return new CommandFailure(
      'Which region? Say it with --region eu-west-1, or set AWS_REGION; for the local cloud, --local.',
      cause,
    );
  }
  if (/credential|^token/i.test(fault.name) || unknownCredentials.test(fault.name)) {
    return new CommandFailure(
      `AWS does not know who is asking (${fault.message}). Sign in (\`aws sso login\`), or choose another --profile; for the local cloud, --local.`,
      cause,
    );
  }
  if (denied.test(fault.name)) {
    return new CommandFailure(
      `${what}: ${fault.message}\nNeeded: ${permissions.join(', ')}. Ask for them, or choose a role that has them with --profile.`,
      cause,
    );
  }
  if (throttled.test(fault.name) || fault.$retryable?.throttling || fault.$metadata?.httpStatusCode === 429) {
    return new ThrottledError(`${what}: AWS asks for fewer requests. Wait a little and run it again.`, cause);
  }
  if (isMissingQueue(thrown)) {
    return new CommandFailure(`${what}: the queue does not exist any more. Was it deleted?`, cause);
  }
  return new CommandFailure(`${what}: ${fault.name}: ${fault.message}`, cause);
}

function asFault(thrown: unknown): ServiceFault {
  return thrown instanceof Error ? (thrown as ServiceFault) : { name: 'Error', message: String(thrown) };
}
