import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error.ts';

/** How long DynamoDB remembers a client's token. */
const REMEMBERED_MS = 10 * 60 * 1000;

interface Remembered {
  readonly digest: string;
  readonly at: number;
  readonly answer: Promise<object>;
}

/**
 * Lets a request that carries a client token take effect once, however often it is sent.
 *
 * A request that failed is forgotten, so that it can be tried again.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#DDB-TransactWriteItems-request-ClientRequestToken
 */
export class RequestTokens {
  readonly #remembered = new Map<string, Remembered>();

  once(token: unknown, request: unknown, answer: () => Promise<object>): Promise<object> {
    if (typeof token !== 'string') {
      return answer();
    }
    this.#forgetOld();
    const digest = createHash('sha256').update(JSON.stringify(request)).digest('base64');
    const earlier = this.#remembered.get(token);
    if (earlier !== undefined) {
      if (earlier.digest !== digest) {
        throw new AwsError(
          'IdempotentParameterMismatchException',
          'The request was already sent with this client token and other parameters.',
        );
      }
      return earlier.answer;
    }
    const answered = answer();
    this.#remembered.set(token, { digest, at: Date.now(), answer: answered });
    answered.catch(() => this.#remembered.delete(token));
    return answered;
  }

  #forgetOld(): void {
    const limit = Date.now() - REMEMBERED_MS;
    // A map keeps its entries in the order of their coming: the first young one ends the search.
    for (const [token, { at }] of this.#remembered) {
      if (at > limit) {
        return;
      }
      this.#remembered.delete(token);
    }
  }
}
