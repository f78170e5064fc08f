import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from '../../../local/cloud.ts';
import { WrittenAssembly, type WrittenStack } from '../assembly/written-assembly.ts';

/** Local clouds of hand-written stacks, on free ports; all end with {@link stop}. */
export class ProvisionedStacks {
  readonly #stops: (() => Promise<void> | void)[] = [];

  /** A cloud with one stack, `shop`, of these resources. */
  ofResources(
    Resources: Record<string, object>,
    stack: Partial<WrittenStack> = {},
    options: Partial<LocalCloudOptions> = {},
  ): Promise<ProvisionedCloud> {
    return this.of([{ name: 'shop', template: { Resources }, ...stack }], options);
  }

  async of(
    stacks: readonly WrittenStack[],
    options: Partial<LocalCloudOptions> = {},
  ): Promise<ProvisionedCloud> {
    const assembly = new WrittenAssembly(...stacks);
    this.#stops.push(() => assembly.remove());
    const cloud = await startLocalCloud({
      assemblyDirectory: assembly.directory,
      port: 0,
      httpPort: 0,
      ...options,
    });
    const settings = {
      endpoint: cloud.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    const clients = {
      sqs: new SQSClient(settings),
      sns: new SNSClient(settings),
      dynamoDb: new DynamoDBClient(settings),
    };
    this.#stops.unshift(async () => {
      for (const client of Object.values(clients)) {
        client.destroy();
      }
      await cloud.stop();
    });
    return { cloud, ...clients };
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) {
      await stop();
    }
  }
}

export interface ProvisionedCloud {
  readonly cloud: LocalCloud;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly dynamoDb: DynamoDBClient;
}

export const refTo = (logicalId: string) => ({ Ref: logicalId });
export const attributeOf = (logicalId: string, attribute = 'Arn') => ({
  'Fn::GetAtt': [logicalId, attribute],
});

/** Texts of the notes on a resource. */
export function notesOn(cloud: LocalCloud, logicalId: string): readonly string[] {
  return cloud.notes.filter(({ path }) => path === `shop/${logicalId}/Resource`).map(({ text }) => text);
}
