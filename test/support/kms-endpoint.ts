import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { type Endpoint, startEndpoint } from '../../local/emulators/endpoint.ts';

const region = 'eu-west-1';

/** The local cloud's KMS, on a free port. */
export class KmsEndpoint {
  readonly url: string;
  readonly client: KMSClient;
  readonly #endpoint: Endpoint;

  static async start(): Promise<KmsEndpoint> {
    return new KmsEndpoint(await startEndpoint({ port: 0, region }));
  }

  private constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.url = endpoint.url;
    this.client = new KMSClient({
      endpoint: endpoint.url,
      region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  }

  /** @returns the ARN of a new key. */
  async createKey(): Promise<string> {
    const { KeyMetadata } = await this.client.send(new CreateKeyCommand());
    return KeyMetadata?.Arn ?? '';
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.#endpoint.close();
  }
}
