/** What every worker may do on its own resources, beside what its jobs need: by the path of its construct. */
export const instanceReach = (fleet: string) => ({
  '*': [
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
  'a file asset': ['s3:GetObject'],
  [`${fleet}/Group/ASG`]: [
    'autoscaling:CompleteLifecycleAction',
    'autoscaling:RecordLifecycleActionHeartbeat',
    'autoscaling:SetInstanceHealth',
  ],
  [`${fleet}/Logs`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
});

/** What whoever takes a queue's messages may do with it. */
export const consuming = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ReceiveMessage',
];

/** On a bucket that is read: without leave to list it, S3 says "access denied" of what is gone. */
export const readingBucket = ['s3:ListBucket', 's3:ListBucketVersions'];
export const readingObjects = ['s3:GetObject', 's3:GetObjectVersion'];

const s3 = 's3.eu-west-1.amazonaws.com';
export const readingByKey = [`kms:Decrypt by ${s3}`];
export const writingByKey = [`kms:Decrypt by ${s3}`, `kms:GenerateDataKey by ${s3}`];
