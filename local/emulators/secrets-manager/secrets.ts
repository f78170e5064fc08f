import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { WireAction, WireRequest } from '../wire-protocol.ts';

interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  versionId: string;
  value: string;
  changedAt: number;
}

/**
 * Secrets Manager with one version of each secret, the current one.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export class Secrets {
  readonly #secrets = new Map<string, StoredSecret>();

  /** Actions by their target. */
  readonly actions: ReadonlyMap<string, WireAction> = new Map<string, WireAction>([
    ['secretsmanager.GetSecretValue', request => this.#read(request)],
    ['secretsmanager.PutSecretValue', request => this.#put(request)],
  ]);

  add(arn: string, name: string, value: string): void {
    this.#secrets.set(arn, { arn, name, value, versionId: randomUUID(), changedAt: Date.now() / 1_000 });
  }

  /** What a secret holds, by its ARN. */
  valueOf(arn: string): string {
    const secret = this.#secrets.get(arn);
    if (secret === undefined) throw new Error(`There is no secret ${arn}.`);
    return secret.value;
  }

  #read({ parameters, region }: WireRequest): object {
    const { arn, name, versionId, value, changedAt } = this.#secret(parameters.SecretId, region);
    return {
      ARN: arn,
      Name: name,
      VersionId: versionId,
      VersionStages: ['AWSCURRENT'],
      SecretString: value,
      CreatedDate: changedAt,
    };
  }

  #put({ parameters, region }: WireRequest): object {
    const secret = this.#secret(parameters.SecretId, region);
    const { SecretString: value } = parameters;
    if (typeof value !== 'string') {
      throw new AwsError('InvalidParameterException', 'Here, secrets are texts: give SecretString.');
    }
    Object.assign(secret, { value, versionId: randomUUID(), changedAt: Date.now() / 1_000 });
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: secret.versionId,
      VersionStages: ['AWSCURRENT'],
    };
  }

  /** By ARN, or by name in the caller's region. */
  #secret(id: unknown, region: string): StoredSecret {
    const isMeant = ({ arn, name }: StoredSecret) =>
      arn === id || (name === id && arn.split(':')[3] === region);
    const secret = [...this.#secrets.values()].find(isMeant);
    if (secret === undefined) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }
}
