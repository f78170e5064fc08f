const key = (...actions: string[]) => `for a queue under a KMS key also ${actions.join(' and ')} on the key`;

/**
 * What each request needs to be allowed.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html
 */
export const permissions = {
  find: ['sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
  list: ['sqs:ListQueues'],
  state: ['sqs:GetQueueAttributes'],
  sources: ['sqs:ListDeadLetterSourceQueues'],
  receive: ['sqs:ReceiveMessage', key('kms:Decrypt')],
  release: ['sqs:ChangeMessageVisibility'],
  create: ['sqs:CreateQueue', 'sqs:TagQueue', 'sqs:GetQueueAttributes'],
  tags: ['sqs:ListQueueTags'],
  purge: ['sqs:PurgeQueue'],
  remove: ['sqs:DeleteQueue'],
  send: ['sqs:SendMessage', key('kms:GenerateDataKey', 'kms:Decrypt')],
  delete: ['sqs:DeleteMessage'],
  startMove: [
    'sqs:StartMessageMoveTask, sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes on the DLQ',
    'sqs:SendMessage on the queue that the messages go to',
    key('kms:GenerateDataKey', 'kms:Decrypt'),
  ],
  listMoves: ['sqs:ListMessageMoveTasks', 'sqs:GetQueueAttributes'],
  cancelMove: [
    'sqs:CancelMessageMoveTask, sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes on the DLQ',
  ],
  findArchive: ['s3:ListAllMyBuckets, unless you name the bucket: --bucket <name>'],
  readArchive: [
    's3:ListBucket on the archive',
    "s3:GetObject on its events, and kms:Decrypt on the bucket's key",
  ],
  subscriptions: [
    'sns:ListSubscriptions',
    'sns:GetSubscriptionAttributes',
    'or none of them, if you name the queue that the messages go to: --to <queue>',
  ],
} as const;
