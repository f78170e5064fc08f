import * as v from 'valibot';
import type { SecretText } from '../../contracts/secret-fields.ts';
import { DependencyDownError, errorFrom } from '../shared/failures.ts';
import type { ChargeResult, RefundResult } from './domain/payment.ts';
import type { ChargeRequest, PaymentGateway, PaymentRequest } from './payment-gateway.ts';

const chargeAnswer = v.object({ charge_id: v.pipe(v.string(), v.minLength(1)) });
const refundAnswer = v.object({
  refund_id: v.pipe(v.string(), v.minLength(1)),
  /** What was given back: 0 when nothing had been taken. */
  amount_minor: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
const refusal = v.object({ reason: v.pipe(v.string(), v.minLength(1)) });

/**
 * Statuses that say nothing of the customer's means: the wrong URL or credentials, a conflict with a
 * request under way, too many requests. Declining orders for them would turn away whoever orders while
 * a setting is wrong.
 */
const notAboutTheCustomer = new Set([401, 403, 404, 405, 407, 408, 409, 421, 425, 429]);

type GatewayAnswer<Content> =
  | { readonly accepted: true; readonly content: Content }
  | { readonly accepted: false; readonly reason: string };

export interface HttpPaymentGatewayOptions {
  /** `charges` and `refunds` are posted to below it. */
  readonly baseUrl: string;
  /**
   * How long to wait for an answer. Must be well below the function's timeout.
   *
   * @default 5000
   */
  readonly timeoutMs?: number;
}

/**
 * Payment gateway over HTTP: `POST charges` and `POST refunds` with the order's id and amount, a charge
 * with the card's token where there is one, and an `Idempotency-Key` of order and operation, under which the gateway does a request once. It has to know
 * the key for as long as a message may come back: four weeks, of which two in the DLQ.
 *
 * 2xx is done and 4xx declined, except where a 4xx is not about the customer; that, 5xx, no connection
 * and no answer in time are a passing failure.
 */
export class HttpPaymentGateway implements PaymentGateway {
  readonly #baseUrl: string;
  readonly #timeoutMs: number;

  constructor({ baseUrl, timeoutMs = 5_000 }: HttpPaymentGatewayOptions) {
    this.#baseUrl = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
    this.#timeoutMs = timeoutMs;
  }

  async charge(request: ChargeRequest): Promise<ChargeResult> {
    const answer = await this.#post('charge', request, chargeAnswer);
    return answer.accepted
      ? { status: 'charged', charge_id: answer.content.charge_id }
      : { status: 'declined', reason: answer.reason };
  }

  async refund(request: PaymentRequest): Promise<RefundResult> {
    const answer = await this.#post('refund', request, refundAnswer);
    return answer.accepted
      ? {
          status: 'refunded',
          refund_id: answer.content.refund_id,
          refunded_minor: answer.content.amount_minor,
        }
      : { status: 'declined', reason: answer.reason };
  }

  async #post<Schema extends v.GenericSchema>(
    operation: 'charge' | 'refund',
    { order_id, amount_minor, currency, card_token }: ChargeRequest,
    schema: Schema,
  ): Promise<GatewayAnswer<v.InferOutput<Schema>>> {
    let status: number;
    let text: string;
    try {
      const response = await fetch(new URL(`${operation}s`, this.#baseUrl), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'idempotency-key': `${order_id}:${operation}`,
        },
        body: JSON.stringify({
          order_id,
          amount_minor,
          currency,
          ...(card_token && { card_token: card_token.reveal() }),
        }),
        redirect: 'error',
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      status = response.status;
      // A gateway that repeats what it was sent would have the token recorded and logged.
      text = masked(await response.text(), card_token);
    } catch (thrown) {
      const error = errorFrom(thrown);
      const cause = error.cause === undefined ? '' : ` (${errorFrom(error.cause).message})`;
      throw new DependencyDownError(
        `The payment gateway did not answer the ${operation} of order ${order_id}: ${error.message}${cause}. It is safe to ask again.`,
        { cause: error },
      );
    }
    if (status >= 400 && status < 500 && !notAboutTheCustomer.has(status)) {
      const content = v.safeParse(refusal, jsonOf(text));
      const reason = content.success ? content.output.reason.slice(0, 200) : `HTTP status ${status}`;
      return { accepted: false, reason };
    }
    const content = v.safeParse(schema, jsonOf(text));
    if (status < 200 || status > 299 || !content.success) {
      throw new DependencyDownError(
        `The payment gateway answered the ${operation} of order ${order_id} with HTTP status ${status}` +
          `${content.success || status > 299 ? '' : ` and a body that is none (${v.flatten(content.issues).root ?? content.issues[0].message})`}. ` +
          'It is safe to ask again; if it stays so, compare PAYMENT_GATEWAY_URL with the gateway.',
      );
    }
    return { accepted: true, content: content.output };
  }
}

function masked(text: string, secret: SecretText | undefined): string {
  return secret === undefined ? text : text.replaceAll(secret.reveal(), String(secret));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
