import { SESv2Client } from '@aws-sdk/client-sesv2';
import { clientSettings } from './client-settings.ts';

/**
 * SES client for module scope: it keeps its connections between invocations.
 *
 * In a file of its own, since a bundle imports each SDK client that it names, used or not.
 */
export function sesClient(): SESv2Client {
  // SES has no idempotency token: a mail that was taken, and whose answer got lost, must not be sent again.
  return new SESv2Client({ ...clientSettings, maxAttempts: 1 });
}
