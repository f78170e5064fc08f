import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CommandFailure } from '../command-errors.ts';

/** Where the local cloud listens by default. */
export const localEndpoint = 'http://127.0.0.1:4566';

/** The local cloud's region, where nothing else is said. */
const localRegion = 'us-east-1';

export interface ConnectionOptions {
  /** @default - AWS */
  readonly endpoint?: string;
  /** @default - the environment's or the profile's */
  readonly region?: string;
  /** Profile of the shared AWS configuration. */
  readonly profile?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Service = 'SQS' | 'SNS' | 'S3';

/** Clients of one account, one for each region. */
export class AwsConnection {
  readonly #options: ConnectionOptions;
  readonly #sqs = new Map<string | undefined, SQSClient>();
  readonly #sns = new Map<string | undefined, SNSClient>();
  readonly #s3 = new Map<string | undefined, S3Client>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Queues of a region; without one, of the region that the command is about. */
  sqs(region?: string): SQSClient {
    return memoized(this.#sqs, region, () => new SQSClient(this.#settings('SQS', region)));
  }

  /** Topics of a region; without one, of the region that the command is about. */
  sns(region?: string): SNSClient {
    return memoized(this.#sns, region, () => new SNSClient(this.#settings('SNS', region)));
  }

  /** Buckets of the region that the command is about. */
  s3(): S3Client {
    return memoized(
      this.#s3,
      undefined,
      // A bucket's name before that of this machine would not be found.
      () => new S3Client({ ...this.#settings('S3'), forcePathStyle: isLoopback(this.endpoint('S3')) }),
    );
  }

  /** Where a service's requests go, if not to AWS. */
  endpoint(service: Service): string | undefined {
    const { endpoint, env } = this.#options;
    return endpoint ?? env[`AWS_ENDPOINT_URL_${service}`] ?? env.AWS_ENDPOINT_URL;
  }

  close(): void {
    for (const client of [...this.#sqs.values(), ...this.#sns.values(), ...this.#s3.values()])
      client.destroy();
  }

  #settings(service: Service, region?: string) {
    const { profile, env } = this.#options;
    const endpoint = this.endpoint(service);
    const chosen = region ?? this.#options.region;
    return {
      ...(endpoint && { endpoint }),
      ...(profile && { profile }),
      ...(chosen && { region: chosen }),
      // The local cloud checks no signature: whoever runs it needs neither account nor region.
      ...(isLoopback(endpoint) &&
        !profile && {
          region: chosen ?? env.AWS_REGION ?? localRegion,
          credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
        }),
      requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 },
    };
  }
}

/** Whether an endpoint is on this machine. */
export function isLoopback(endpoint: string | undefined): boolean {
  const host = endpoint && URL.parse(endpoint)?.hostname;
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host || '');
}

function memoized<Client>(
  clients: Map<string | undefined, Client>,
  region: string | undefined,
  create: () => Client,
): Client {
  const client = clients.get(region) ?? create();
  clients.set(region, client);
  return client;
}

/** A value that AWS always gives, though its types do not say so. */
export function given<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined)
    throw new CommandFailure(`The answer lacks ${what}. Is the endpoint one of AWS's?`);
  return value;
}
