import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { ACCOUNT_ID } from './assembly/cloud-assembly.ts';
import type { SendTo } from './asynchronous-invocations.ts';
import type { AwsClients } from './provision/aws-clients.ts';

/** Sends messages to queues and topics of the local cloud, by their ARNs. */
export function destinationsOn(endpointUrl: string, clients: Pick<AwsClients, 'sqs' | 'sns'>): SendTo {
  return async (arn, body, attributes = {}) => {
    const [, , service, region = '', , name = ''] = arn.split(':');
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([key, text]) => [key, { DataType: 'String', StringValue: text }]),
    );
    if (service === 'sns') {
      await clients.sns(region).send(new PublishCommand({ TopicArn: arn, Message: body, MessageAttributes }));
      return;
    }
    const QueueUrl = `${endpointUrl}/${ACCOUNT_ID}/${name}`;
    await clients
      .sqs(region)
      .send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes }));
  };
}
