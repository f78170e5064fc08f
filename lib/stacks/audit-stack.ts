import { CfnOutput, Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { StorageClass } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { AuditQueries } from '../constructs/audit/audit-queries.ts';
import { AuditTrail } from '../constructs/audit/audit-trail.ts';
import { dangerousCalls } from '../constructs/audit/dangerous-calls.ts';
import { accesses, changes } from '../constructs/audit/recorded-calls.ts';
import { AuditMonitoring } from '../constructs/monitoring/audit-monitoring.ts';
import { auditGraphs } from '../constructs/monitoring/dashboard/audit-graphs.ts';
import { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { ObjectBucket, type ObjectLock, type StorageTransition } from '../constructs/object-bucket.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

/** Queues that travel-search makes for each of its producers, and deletes when they are gone. */
const shortLivedQueues = ['travel-search-replies-'];

/**
 * Who called what: calls of all regions in a bucket that nobody deletes from, a table and queries to look into
 * it, and an alarm at the first call that loses messages or lets somebody in.
 */
export class AuditStack extends SystemStack {
  constructor(scope: Construct, id: string, props: SystemStackProps) {
    super(scope, id, { description: 'Who called what, kept, and told of where it matters', ...props });
    const { config, removalPolicy } = this;
    const organization = config.auditOrganization;
    const retention = Duration.days(config.auditRetentionInDays);

    // Kept: trails → bucket
    const accessLogs = new AccessLogBucket(this, 'AccessLogs', {
      retention: Duration.days(config.logRetentionInDays),
      removalPolicy,
    });
    const bucket = new ObjectBucket(this, 'Calls', {
      accessLogs,
      retention,
      transitions: this.#transitions(),
      lock: this.#lock(),
      deletable: false,
      bucketKey: false,
      removalPolicy,
    });
    const logGroup = new LogGroup(this, 'ChangesLog', {
      retention: config.logRetentionInDays,
      removalPolicy,
    });
    const trails = [
      new AuditTrail(this, 'Changes', { bucket, records: changes, logGroup, organization }),
      new AuditTrail(this, 'Accesses', { bucket, records: accesses[config.auditedData], organization }),
    ];

    // Looked into: bucket → table → queries, by those who may
    const queries = new AuditQueries(this, 'Queries', {
      bucket,
      accessLogs,
      retention,
      organization,
      removalPolicy,
    });
    const auditor = new iam.Role(this, 'Auditor', {
      description: 'Looks into who called what, and changes nothing',
      assumedBy: new iam.AccountPrincipal(this.account),
    });
    queries.grantAsk(auditor);
    logGroup.grant(auditor, 'logs:FilterLogEvents', 'logs:GetLogEvents');

    // Told of: the log of changes → counts → alarms
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    const monitoring = new AuditMonitoring(this, 'Monitoring', {
      logGroup,
      calls: dangerousCalls({ bucketName: bucket.bucket.bucketName, shortLivedQueues }),
      alarmTopic,
    });
    this.showOnDashboard(alarmTopic, [
      auditGraphs(monitoring).reduce(
        (row, graph) => row.graph(graph),
        new DashboardRow('Calls are recorded, and some are told of'),
      ),
    ]);

    new CfnOutput(this, 'CallsBucketName', { value: bucket.bucket.bucketName });
    new CfnOutput(this, 'TrailNames', { value: trails.map(({ trail }) => trail.ref).join() });
    new CfnOutput(this, 'ChangesLogName', {
      value: logGroup.logGroupName,
      description: 'Calls that changed something, of all regions, for as long as logs are kept',
    });
    new CfnOutput(this, 'WorkGroupName', { value: queries.workGroup.ref });
    new CfnOutput(this, 'AuditorRoleArn', {
      value: auditor.roleArn,
      description: 'Whoever may assume it asks; IAM says who may',
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }

  /** What the stage wants nobody to delete. */
  #lock(): ObjectLock | undefined {
    const { auditLock: mode, auditLockInDays } = this.config;
    return mode === 'none' ? undefined : { mode, duration: Duration.days(auditLockInDays) };
  }

  /** The stage's storage classes, the youngest first. */
  #transitions(): StorageTransition[] {
    const { auditInstantRetrievalAfterDays: instant, auditDeepArchiveAfterDays: deep } = this.config;
    return [
      ...(instant
        ? [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, after: Duration.days(instant) }]
        : []),
      ...(deep ? [{ storageClass: StorageClass.DEEP_ARCHIVE, after: Duration.days(deep) }] : []),
    ];
  }
}
