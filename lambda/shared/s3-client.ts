import { S3Client } from '@aws-sdk/client-s3';
import { clientSettings } from './client-settings.ts';

/**
 * S3 client for module scope: it keeps its connections between invocations. An object's content may take
 * longer than a call: who reads it says how long.
 *
 * In a file of its own, since a bundle imports each SDK client that it names, used or not.
 */
export function s3Client(): S3Client {
  return new S3Client(clientSettings);
}
