import { SNSClient } from '@aws-sdk/client-sns';
import { clientSettings } from './client-settings.ts';

/**
 * SNS client for module scope: it keeps its connections between invocations.
 *
 * In a file of its own, since a bundle imports each SDK client that it names, used or not.
 */
export function snsClient(): SNSClient {
  return new SNSClient(clientSettings);
}
