import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { type BrokerCredentials, brokerCredentials } from '../../contracts/broker.ts';
import { jobClientSettings, reach } from '../aws/dependency.ts';

/** Tells who to be at a broker. Asked at each connection, so that a new password needs no new deployment. */
export type CredentialsSource = () => Promise<BrokerCredentials>;

/** The secret does not hold a name and a password. */
export class UnusableCredentialsError extends Error {
  override readonly name = 'UnusableCredentialsError';
}

/** Credentials in a secret of Secrets Manager. */
export function secretCredentials(secretArn: string): CredentialsSource {
  const secrets = new SecretsManagerClient(jobClientSettings);
  return async () => {
    const { SecretString: text = '' } = await reach(
      'Secrets Manager',
      secrets.send(new GetSecretValueCommand({ SecretId: secretArn })),
    );
    return credentialsIn(text, secretArn);
  };
}

/** @throws UnusableCredentialsError that says nothing of what the secret holds. */
export function credentialsIn(text: string, secretArn: string): BrokerCredentials {
  const parsed = v.safeParse(brokerCredentials, jsonOf(text));
  if (parsed.success) return parsed.output;
  throw new UnusableCredentialsError(
    `Secret ${secretArn} does not hold username and password as JSON. The stack makes it so; see docs/runbooks/broker.md.`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
