import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Credentials that the local cloud hands out; it checks none. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/**
 * SDK clients of the local endpoint, one a service and region.
 *
 * They leave out what only matters between strangers, signatures and checksums, because the mappings call
 * through them for every message.
 */
export class AwsClients {
  readonly #endpoint: string;
  readonly #clients = new Map<string, { destroy(): void }>();

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  sqs(region: string): SQSClient {
    return this.#client(
      `sqs ${region}`,
      () => new SQSClient({ ...this.#settings('sqs', region), md5: false }),
    );
  }

  sns(region: string): SNSClient {
    return this.#client(`sns ${region}`, () => new SNSClient(this.#settings('sns', region)));
  }

  dynamoDb(region: string): DynamoDBClient {
    return this.#client(`dynamodb ${region}`, () => new DynamoDBClient(this.#settings('dynamodb', region)));
  }

  kms(region: string): KMSClient {
    return this.#client(`kms ${region}`, () => new KMSClient(this.#settings('kms', region)));
  }

  s3(region: string): S3Client {
    return this.#client(`s3 ${region}`, () => new S3Client(this.#settings('s3', region)));
  }

  scheduler(region: string): SchedulerClient {
    return this.#client(
      `scheduler ${region}`,
      () => new SchedulerClient(this.#settings('scheduler', region)),
    );
  }

  close(): void {
    for (const client of this.#clients.values()) {
      client.destroy();
    }
  }

  #client<Client extends { destroy(): void }>(key: string, create: () => Client): Client {
    const known = this.#clients.get(key) as Client | undefined;
    const client = known ?? create();
    this.#clients.set(key, client);
    return client;
  }

  #settings(service: string, region: string) {
    return {
      endpoint: this.#endpoint,
      region,
      credentials: LOCAL_CREDENTIALS,
      signer: { sign: unsigned(service, region) },
    };
  }
}

/** Says for which region and service the request is, which the endpoint reads, and signs nothing. */
function unsigned(service: string, region: string) {
  const { accessKeyId } = LOCAL_CREDENTIALS;
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/19700101/${region}/${service}/aws4_request`;
  return async <Request extends { headers: Record<string, string> }>(request: Request): Promise<Request> => {
    request.headers.authorization = authorization;
    return request;
  };
}
