import type { IncomingHttpHeaders } from 'node:http';

/** What a request is for, as its headers tell before its body is read. */
export interface AddressedService {
  /** Name in the signature's scope (`sqs`), or the service that the target header names. */
  readonly service: string;
  readonly region: string | undefined;
}

/** The AWS services that the endpoint answers for. */
export const SERVED = [
  'sqs',
  'sns',
  's3',
  'dynamodb',
  'kms',
  'secretsmanager',
  'events',
  'states',
  'sts',
] as const;

/** Services by what stands before the dot of `x-amz-target`. */
const TARGETS: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  DynamoDB_20120810: 'dynamodb',
  TrentService: 'kms',
  secretsmanager: 'secretsmanager',
  AWSEvents: 'events',
  AWSStepFunctions: 'states',
};

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html */
export function addressedService(headers: IncomingHttpHeaders): AddressedService | undefined {
  const scope = /Credential=[^/]*\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '');
  const target = headers['x-amz-target'];
  const prefix = typeof target === 'string' ? target.slice(0, target.lastIndexOf('.')) : undefined;
  const service = (prefix && (TARGETS[prefix] ?? scope?.[2] ?? prefix)) || scope?.[2];
  return service === undefined ? undefined : { service, region: scope?.[1] };
}

export function isServed(service: string): boolean {
  return (SERVED as readonly string[]).includes(service);
}
