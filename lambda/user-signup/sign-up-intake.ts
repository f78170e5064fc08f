import type { Logger } from '@aws-lambda-powertools/logger';
import { maxSignUpBodyBytes } from '../../contracts/user-signup.ts';
import { type SignUpRequest, signUpRequest, type UserSignedUp } from '../../contracts/users.ts';
import { HttpError } from '../shared/http.ts';
import { type HttpHandler, httpHandler } from '../shared/http-handler.ts';
import type { IdempotentRequests } from '../shared/idempotent-requests.ts';
import { keyedRefusalOf, readKeyedRequest } from '../shared/keyed-request.ts';
import { onCurrentState, type VersionedStates } from '../shared/versioned-items.ts';
import { decideSignUp, type UserState } from './domain/sign-up.ts';

export interface SignUpIntakePorts {
  readonly topic: { publish(event: UserSignedUp): Promise<void> };
  /** The users by their e-mail addresses. */
  readonly users: VersionedStates<UserState>;
  /** Remembers requests by the key that a client gave to one. */
  readonly requests: Pick<IdempotentRequests, 'answer'>;
  readonly newUserId: () => string;
  readonly logger: Pick<Logger, 'addContext' | 'info' | 'warn' | 'error'>;
}

/** What is answered, and remembered of a request that was accepted. */
type Acceptance = {
  readonly user_id: string;
  readonly outcome: 'signed_up' | 'signed_up_before';
  /** The HTTP request that came to it. */
  readonly request_id: string;
};

/**
 * Signs users up over HTTP: 202 means that there is a user, and that others were told.
 *
 * The user is recorded before others are told, so that nobody is welcomed who does not exist. When telling
 * fails, the client is told to ask again, and the same request then finishes what was begun: others may hear
 * of a user twice, and know one that they have had by its id.
 */
export function signUpIntake(ports: SignUpIntakePorts): HttpHandler {
  const { topic, users, requests, newUserId, logger } = ports;

  async function signUp(
    request: SignUpRequest,
    correlationId: string,
    request_id: string,
  ): Promise<Acceptance> {
    const { email } = request;
    const { decision, stored } = await onCurrentState(users, email, undefined, async seen => {
      const decision = decideSignUp(seen?.state, request, {
        user_id: newUserId(),
        signed_up_at: new Date().toISOString(),
      });
      const isNew = decision.action === 'announce' && decision.isNew;
      return { decision, stored: isNew ? await users.write(email, decision.user, seen) : seen };
    });
    if (decision.action === 'refuse') {
      throw new HttpError(
        409,
        'email_taken',
        'A user with this e-mail address signed up with other details.',
      );
    }
    const { user_id, name, plan, signed_up_at } = decision.user;
    if (decision.action === 'answer') return { user_id, outcome: 'signed_up_before', request_id };
    await topic.publish({
      event_type: 'user_signed_up',
      correlation_id: correlationId,
      user_id,
      email,
      name,
      plan,
      signed_up_at,
    });
    // Others were told, whether that can be noted or not: at worst they are told again when somebody asks again.
    await users.write(email, { ...decision.user, status: 'announced' }, stored).catch(() => undefined);
    return { user_id, outcome: decision.isNew ? 'signed_up' : 'signed_up_before', request_id };
  }

  return httpHandler({
    logger,
    about: { event_type: 'user_signed_up' },
    says: { done: 'User signed up', refused: 'Sign-up refused' },
    refusalOf: thrown => keyedRefusalOf(thrown, { noun: 'sign-up', undone: 'The sign-up is not finished' }),
    async answer({ event, context, correlationId, note }) {
      const { content: wanted, key } = readKeyedRequest(event, {
        schema: signUpRequest,
        maxBytes: maxSignUpBodyBytes,
        code: 'invalid_sign_up',
        message: 'Nobody can sign up with this as it is. Mend the faults.',
      });
      const signUpOnce = () => signUp(wanted, correlationId, context.awsRequestId);
      const accepted: Acceptance =
        key === undefined
          ? await signUpOnce()
          : await requests.answer(key, { ...wanted }, context, signUpOnce);
      const { user_id, request_id } = accepted;
      note({ user_id });
      const outcome = request_id === context.awsRequestId ? accepted.outcome : 'signed_up_before';
      return { status: 202, content: { user_id }, outcome };
    },
  });
}
