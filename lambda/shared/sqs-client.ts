import { SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings } from './client-settings.ts';

/**
 * SQS client for module scope, of a queue's own host: it keeps its connections between invocations.
 *
 * In a file of its own, since a bundle imports each SDK client that it names, used or not.
 */
export function sqsClient(queueUrl: string): SQSClient {
  return new SQSClient({ ...clientSettings, endpoint: new URL(queueUrl).origin });
}
