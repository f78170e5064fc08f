import { Stack } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ObjectBucket } from '../object-bucket.ts';
import { placeName } from '../place-name.ts';
import { validateProps } from '../validation.ts';

/** Where in its bucket CloudTrail writes, whatever the trail. */
export const trailFolder = 'AWSLogs/';

/** Calls that a trail records: those for which all fields have one of their values. */
export interface RecordedCalls {
  /** What they are, for whoever finds it in the console. */
  readonly name: string;
  readonly fields: readonly CfnTrail.AdvancedFieldSelectorProperty[];
}

export interface AuditTrailProps {
  /** Where what is recorded is kept: without a bucket key, so that its key knows the trail. */
  readonly bucket: ObjectBucket;

  /** What is recorded. */
  readonly records: readonly RecordedCalls[];

  /**
   * Log that gets everything that is recorded, within minutes, to be watched.
   *
   * @default - none
   */
  readonly logGroup?: ILogGroup;

  /**
   * Organization whose accounts are recorded. The trail is then one of its management account.
   *
   * @default - the account of the stack alone
   */
  readonly organization?: string | undefined;
}

/**
 * Trail that records who called what, in all regions, encrypted, and signed hour by hour so that a missing or
 * changed file is found.
 *
 * It has a name of its own, so that policies of bucket and key can name it before it is there.
 *
 * @throws PropsError when nothing is recorded, or more than CloudTrail takes.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html
 */
export class AuditTrail extends Construct {
  readonly trail: CfnTrail;

  constructor(scope: Construct, id: string, props: AuditTrailProps) {
    const { bucket, records, logGroup, organization } = props;
    const values = records.flatMap(({ fields }) =>
      fields.flatMap(({ equalTo = [], endsWith = [] }) => [...equalTo, ...endsWith]),
    );
    validateProps(scope, id, [
      {
        prop: 'records',
        value: `${records.length} with ${values.length} values`,
        holds: records.length > 0 && values.length <= 500,
        allowed: 'at least one, and 500 values in all of them',
        remedy: 'A trail that records nothing is for nothing; part one that records too much.',
      },
    ]);
    super(scope, id);
    const stack = Stack.of(this);
    const trailName = placeName(scope, id);
    const trailArn = stack.formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: trailName });
    const owners = [stack.account, ...(organization === undefined ? [] : [organization])];
    const admission = bucket.admitTrail(
      trailArn,
      owners.map(owner => `${trailFolder}${owner}/`),
    );
    this.trail = new CfnTrail(this, 'Trail', {
      trailName,
      s3BucketName: bucket.bucket.bucketName,
      ...(bucket.bucket.encryptionKey && { kmsKeyId: bucket.bucket.encryptionKey.keyArn }),
      isLogging: true,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      isOrganizationTrail: organization !== undefined,
      advancedEventSelectors: records.map(({ name, fields }) => ({ name, fieldSelectors: [...fields] })),
    });
    this.trail.node.addDependency(admission);
    if (logGroup) this.#writeTo(logGroup);
  }

  #writeTo(logGroup: ILogGroup): void {
    const role = new iam.Role(this, 'LogRole', {
      assumedBy: new iam.ServicePrincipal('cloudtrail.amazonaws.com'),
      description: `What the trail of ${this.node.path} may do`,
    });
    const { principalStatement } = iam.Grant.addToPrincipal({
      grantee: role,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resourceArns: [logGroup.logGroupArn],
    });
    if (!principalStatement) throw new Error(`${role.node.path} takes no policy`);
    this.trail.cloudWatchLogsLogGroupArn = logGroup.logGroupArn;
    this.trail.cloudWatchLogsRoleArn = role.roleArn;
    // CloudTrail tries the role before it makes the trail.
    this.trail.node.addDependency(role);
  }
}
