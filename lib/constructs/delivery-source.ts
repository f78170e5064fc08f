import type { Conditions } from 'aws-cdk-lib/aws-iam';

/** The resource that a service delivers for. */
export interface DeliverySource {
  /** Its ARN; wildcards are allowed in the last part. */
  readonly sourceArn: string;

  /**
   * Account of the source, for services that state it in their requests.
   *
   * @default - the ARN must name the account; a bucket's does not
   */
  readonly sourceAccount?: string;
}

/**
 * Conditions under which a service principal is let in: only for its source. Without them, the service
 * would deliver here for whoever asks it to (the confused deputy).
 *
 * A service that does not send a key cannot meet a condition on it, and its deliveries are lost without
 * a trace: SNS is known to send the ARN only, S3 and CloudWatch send both.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function deliveredFor({ sourceArn, sourceAccount }: DeliverySource): Conditions {
  return {
    ArnLike: { 'aws:SourceArn': sourceArn },
    ...(sourceAccount && { StringEquals: { 'aws:SourceAccount': sourceAccount } }),
  };
}
