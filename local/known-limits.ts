/** What the local cloud does otherwise than AWS, whatever the templates say. */
export const KNOWN_LIMITS: readonly string[] = [
  'IAM and resource policies are not evaluated: what they allow is proven by the policy tests.',
  'Nothing is encrypted: KMS keys are names.',
  'Messages are kept until they are consumed: retention periods do not run.',
  'Alarms look at periods that are 60 times shorter: a minute is a second.',
  'Schedules run 60 times as often.',
  'Servers behind a load balancer are two at least, and take turns.',
  'HTTP APIs let everybody in: authorizers, CORS and parameter mappings are not evaluated.',
  'DynamoDB deletes no item when its time to live ends, and meters no capacity.',
  'Buckets keep all versions: lifecycle rules do not run, and no access logs are written.',
  'Queue names are unique in all regions together.',
  'MessageGroupId of messages sent straight to standard queues (fair queues) is not kept.',
  'RedriveAllowPolicy is kept, and not enforced.',
  'A handler that takes longer than its cut visibility timeout sees its messages again.',
  'HTTP(S) subscriptions are confirmed by themselves, and tried three times.',
];
