import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as v from 'valibot';
import { maxSnsMessageBytes, type SnsMessage, snsMessage } from '../../contracts/sns-messages.ts';
import { crmEvents, type UserSignedUp } from '../../contracts/users.ts';
import { failureKind } from '../shared/failures.ts';
import { errorResponse, HttpError, jsonResponse, readJson } from '../shared/http.ts';
import { parseEvent, parseJson, textField } from '../shared/message-body.ts';
import type { Handled } from '../shared/queue-consumer.ts';
import { UntrustedMessageError } from '../shared/signing-certificates.ts';
import type { SnsMessageVerifier } from '../shared/sns-message-verifier.ts';
import { onCurrentState, type VersionedStates } from '../shared/versioned-items.ts';
import { type Contact, newContact } from './domain/contact.ts';
import type { SubscriptionLink } from './subscription-link.ts';

export interface CrmReceiverPorts {
  readonly verifier: Pick<SnsMessageVerifier, 'verify'>;
  readonly subscription: Pick<SubscriptionLink, 'confirm'>;
  readonly contacts: VersionedStates<Contact>;
  readonly logger: Pick<Logger, 'addContext' | 'info' | 'warn' | 'error'>;
}

/**
 * Takes what SNS posts for a CRM. Anybody can post here, so nothing in a message counts before its signature
 * does; what is not signed by SNS, for this topic and lately, is refused.
 *
 * SNS tries again after 429 and 5xx, and after no other answer. Its documentation leaves open whether what is
 * answered 4xx goes to the DLQ or counts as delivered, so that answer is for strangers alone: whatever is from
 * SNS and cannot be taken gets 5xx, is tried in vain, and certainly ends in the DLQ.
 */
export function crmReceiving(ports: CrmReceiverPorts) {
  const { verifier, subscription, contacts, logger } = ports;

  async function take(message: SnsMessage): Promise<Handled & { readonly subject?: object }> {
    switch (message.Type) {
      case 'SubscriptionConfirmation':
        await subscription.confirm(message.SubscribeURL, message.TopicArn);
        return { outcome: 'subscribed' };
      case 'UnsubscribeConfirmation':
        // Whoever unsubscribed meant it, or an operator will know from this line: nobody subscribes again here.
        return { outcome: 'unsubscribed' };
      case 'Notification': {
        const event = parseEvent(parseJson(message.Message), crmEvents);
        return { ...(await addContact(event)), subject: { user_id: event.user_id } };
      }
    }
  }

  function addContact(event: UserSignedUp): Promise<Handled> {
    return onCurrentState(contacts, event.user_id, undefined, async seen => {
      const contact = newContact(seen?.state, event);
      if (contact === undefined) return { outcome: 'already_a_contact' };
      await contacts.write(event.user_id, contact, seen);
      return { outcome: 'contact_added' };
    });
  }

  return async (
    request: APIGatewayProxyEventV2,
    context: Context,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    logger.addContext(context);
    const correlationId = request.requestContext.requestId;
    let line: Readonly<Record<string, unknown>> = { source_ip: request.requestContext.http.sourceIp };
    try {
      const content = readContent(request);
      line = { ...line, type: textField(content, 'Type'), message_id: textField(content, 'MessageId') };
      const message = parseMessage(content);
      await verifier.verify(message);
      const { outcome, subject } = await take(message);
      const level = outcome === 'unsubscribed' ? 'warn' : 'info';
      logger[level]('Message taken', { outcome, ...line, ...subject });
      return jsonResponse(200, { outcome }, { correlationId });
    } catch (thrown) {
      const error = httpErrorFrom(thrown);
      const level = error.status < 500 || error.status === 503 ? 'warn' : 'error';
      logger[level]('Message refused', { outcome: error.code, status: error.status, ...line, error: thrown });
      return errorResponse(error, { correlationId });
    }
  };
}

/** Confirmations are JSON that says it is plain text. */
function readContent(request: APIGatewayProxyEventV2): unknown {
  const isText = /^text\/plain\b/i.test(request.headers['content-type'] ?? '');
  const headers = isText ? { ...request.headers, 'content-type': 'application/json' } : request.headers;
  return readJson({ ...request, headers }, maxSnsMessageBytes);
}

function parseMessage(content: unknown): SnsMessage {
  const result = v.safeParse(snsMessage, content);
  if (result.success) return result.output;
  throw new HttpError(400, 'not_from_sns', 'This is no message as SNS sends them.', {
    faults: result.issues.map(issue => ({ field: v.getDotPath(issue) ?? 'body', message: issue.message })),
  });
}

function httpErrorFrom(thrown: unknown): HttpError {
  if (thrown instanceof HttpError) return thrown;
  // Why it is not trusted is in the log: whoever tries to get through need not know.
  if (thrown instanceof UntrustedMessageError) return new HttpError(403, 'untrusted', 'Not taken.');
  switch (failureKind(thrown)) {
    case 'permanent':
      return new HttpError(
        500,
        'unreadable_event',
        'The message is from SNS, and holds no event that is taken.',
      );
    case 'passing':
      return new HttpError(503, 'unavailable', 'Not taken now. Send it again, as it is.', {
        retryAfterSeconds: 2,
      });
    case 'unexpected':
      return new HttpError(500, 'internal_error', 'Not taken, and the fault is on this side.');
  }
}
