import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientSettings } from './client-settings.ts';

/**
 * Secrets Manager client for module scope: it keeps its connections between invocations.
 *
 * In a file of its own, since a bundle imports each SDK client that it names, used or not.
 */
export function secretsClient(): SecretsManagerClient {
  return new SecretsManagerClient(clientSettings);
}
