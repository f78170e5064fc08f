import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { until } from './condition.ts';

/** Messages that wait in a queue, those in flight included. */
export async function messagesIn(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes: attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return (
    Number(attributes.ApproximateNumberOfMessages) +
    Number(attributes.ApproximateNumberOfMessagesNotVisible) +
    Number(attributes.ApproximateNumberOfMessagesDelayed)
  );
}

/** Moves what is in a DLQ back to its queue, and waits until that is done. */
export async function redrive(sqs: SQSClient, deadLetterQueueUrl: string): Promise<number> {
  const { Attributes: attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const arn = attributes?.QueueArn;
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn }));
  let moved = 0;
  await until(async () => {
    const { Results: [task] = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn }));
    moved = Number(task?.ApproximateNumberOfMessagesMoved ?? 0);
    return task?.Status === 'COMPLETED' ? undefined : `the move task is ${task?.Status}`;
  });
  return moved;
}
