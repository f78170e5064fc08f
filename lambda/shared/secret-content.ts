import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { dependencyFailure } from './dependency.ts';
import { errorFrom, PermanentFailure } from './failures.ts';

/** A secret does not hold what it should: somebody has yet to put it there, or put something else. */
export class UnusableSecretError extends PermanentFailure {
  override readonly name = 'UnusableSecretError';
}

export interface SecretContentOptions<Content> {
  readonly secrets: SecretsManagerClient;
  /** ARN or name. */
  readonly secretId: string;
  /** What the secret holds, as JSON. */
  readonly schema: v.GenericSchema<unknown, Content>;
  /** How long what was read is used before it is read again. */
  readonly maxAgeSeconds: number;
}

/** The content of a secret, read now and then: each reading is paid for, and takes its time. */
export class SecretContent<Content> {
  readonly #options: SecretContentOptions<Content>;
  readonly #provider: SecretsProvider;

  constructor(options: SecretContentOptions<Content>) {
    this.#options = options;
    this.#provider = new SecretsProvider({ awsSdkV3Client: options.secrets });
  }

  /**
   * What the secret holds, or held not long ago.
   *
   * @throws UnusableSecretError when it does not hold what it should; never telling what it does hold.
   * @throws DependencyDownError when Secrets Manager does not answer.
   */
  read(): Promise<Content> {
    return this.#get(false);
  }

  /** What the secret holds at this moment: for whoever was told that what it held is out of date. */
  readAnew(): Promise<Content> {
    return this.#get(true);
  }

  async #get(forceFetch: boolean): Promise<Content> {
    const { secretId, schema, maxAgeSeconds } = this.#options;
    let text: unknown;
    try {
      // As text: what the provider says of JSON that is none repeats it.
      text = await this.#provider.get(secretId, { maxAge: maxAgeSeconds, forceFetch });
    } catch (thrown) {
      const { cause } = errorFrom(thrown);
      throw dependencyFailure('Secrets Manager', cause ?? thrown);
    }
    const parsed = v.safeParse(schema, jsonOf(text));
    if (parsed.success) return parsed.output;
    // Only where the faults are: messages of a schema repeat what they found.
    const places = parsed.issues.map(issue => v.getDotPath(issue) ?? 'the whole');
    throw new UnusableSecretError(
      `Secret ${secretId} does not hold what is expected (${[...new Set(places)].join(', ')}). ` +
        'Put it there with "aws secretsmanager put-secret-value", then redrive.',
    );
  }
}

function jsonOf(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
