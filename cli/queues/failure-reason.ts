import type { MessageAttributes, ReceivedMessage } from './queues.ts';

/** Why a message is in a DLQ, in the words of whoever put it there. */
export interface FailureReason {
  readonly reason: string;
  readonly code?: string;
  /** ARN of the function, rule or schedule that gave it up. */
  readonly source?: string;
}

/**
 * Reads why a message was dead-lettered, where the message says so:
 *
 * - SNS and a function's DLQ write `RequestID`, `ErrorCode` and `ErrorMessage` on it,
 * - EventBridge and its Scheduler `ERROR_CODE` and `ERROR_MESSAGE`, with the rule or schedule,
 * - a function's on-failure destination gets an envelope with the function's answer.
 *
 * The redrive policy of a queue says nothing: there, only the consumer knows.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function failureReasonOf({ attributes, body }: ReceivedMessage): FailureReason | undefined {
  return fromAttributes(attributes) ?? fromEnvelope(body);
}

function fromAttributes(attributes: MessageAttributes): FailureReason | undefined {
  const text = (name: string) => {
    const value = attributes[name]?.value;
    return typeof value === 'string' ? value : undefined;
  };
  const code = text('ErrorCode') ?? text('ERROR_CODE');
  const reason = text('ErrorMessage') ?? text('ERROR_MESSAGE') ?? code;
  if (reason === undefined) return undefined;
  const source = text('RULE_ARN') ?? text('SCHEDULE_ARN');
  return { reason, ...(code !== undefined && { code }), ...(source !== undefined && { source }) };
}

/** What Lambda sends to an on-failure destination, as far as it is of interest here. */
interface Envelope {
  readonly requestContext?: { readonly functionArn?: string; readonly condition?: string };
  readonly responsePayload?: { readonly errorType?: string; readonly errorMessage?: string } | null;
}

function fromEnvelope(body: string): FailureReason | undefined {
  const { requestContext, responsePayload } = envelopeIn(body);
  if (requestContext?.functionArn === undefined || requestContext.condition === undefined) return undefined;
  const code = responsePayload?.errorType;
  return {
    reason: responsePayload?.errorMessage ?? requestContext.condition,
    ...(code !== undefined && { code }),
    source: requestContext.functionArn,
  };
}

function envelopeIn(body: string): Envelope {
  if (!body.includes('"requestContext"')) return {};
  try {
    return JSON.parse(body) as Envelope;
  } catch {
    return {};
  }
}
