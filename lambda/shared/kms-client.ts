import { KMSClient } from '@aws-sdk/client-kms';
import { clientSettings } from './client-settings.ts';

/** KMS client for module scope: it keeps its connections between invocations. */
export function kmsClient(): KMSClient {
  return new KMSClient(clientSettings);
}
