export interface ReplyQueuePolicyProps {
  readonly queueArn: string;
  /** Role of those who take replies. */
  readonly ownerRoleArn: string;
  /** Role of those who send them. */
  readonly replierRoleArn: string;
}

/**
 * Policy of a reply queue: one role sends, one role takes, and nobody does anything without TLS. Denials,
 * since whatever another role's own policies allow would hold here too.
 *
 * What administers the queue is left to the account: the janitor deletes it when its owner died.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
 */
export function replyQueuePolicy({ queueArn, ownerRoleArn, replierRoleArn }: ReplyQueuePolicyProps) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OnlyWorkersSend',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': replierRoleArn } },
      },
      {
        Sid: 'OnlyTheOwnerTakes',
        Effect: 'Deny',
        Principal: '*',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
        Resource: queueArn,
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': ownerRoleArn } },
      },
      {
        Sid: 'OnlyOverTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: queueArn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  } as const;
}
