import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AccessLogBucket } from '../access-log-bucket.ts';
import { ObjectBucket } from '../object-bucket.ts';
import { validateProps, within } from '../validation.ts';
import { trailFolder } from './audit-trail.ts';
import { dayFormat, partitions, recordedColumns } from './recorded-columns.ts';
import { savedQueries } from './saved-queries.ts';

export interface AuditQueriesProps {
  /** Bucket that trails write to. */
  readonly bucket: ObjectBucket;
  readonly accessLogs: AccessLogBucket;

  /** How long what trails write is kept: no earlier day is looked for. */
  readonly retention: Duration;

  /** @default - the trails are of one account */
  readonly organization?: string | undefined;

  /**
   * What one query may read before Athena stops it, 10 MiB at least: each byte that is read is paid for.
   *
   * @default Size.gibibytes(10)
   */
  readonly maxScanned?: Size;

  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

const tableName = 'calls';
/** Where in their bucket results go. */
const resultsFolder = 'results/';

/**
 * What trails wrote, as a table that Athena asks in SQL, with queries that are ready. Folders of days come to it
 * by themselves; account and region are named by the query, so that no list of them is kept anywhere.
 *
 * @throws PropsError when the limit of a query is less than Athena takes.
 * @see https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
 */
export class AuditQueries extends Construct {
  readonly workGroup: athena.CfnWorkGroup;
  readonly results: ObjectBucket;
  readonly #bucket: ObjectBucket;
  /** Without characters that SQL would want in quotes. */
  readonly #databaseName: string;

  constructor(scope: Construct, id: string, props: AuditQueriesProps) {
    const maxScanned = props.maxScanned ?? Size.gibibytes(10);
    validateProps(scope, id, [
      {
        prop: 'maxScanned',
        value: `${maxScanned.toMebibytes()} MiB`,
        holds: within(maxScanned.toMebibytes(), 10, 7_000_000_000),
        allowed: '10 MiB or more',
        remedy: 'Athena charges for 10 MB at the least.',
      },
    ]);
    super(scope, id);
    const stack = Stack.of(this);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.#bucket = props.bucket;
    this.results = new ObjectBucket(this, 'Results', {
      accessLogs: props.accessLogs,
      retention: Duration.days(30),
      oldVersionRetention: Duration.days(1),
      removalPolicy,
    });
    const resultsKey = this.results.bucket.encryptionKey;
    this.workGroup = new athena.CfnWorkGroup(this, 'WorkGroup', {
      name: stack.stackName,
      description: 'Questions about who called what',
      // Its queries and their history, which would keep it from being deleted.
      recursiveDeleteOption: removalPolicy === RemovalPolicy.DESTROY,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: maxScanned.toBytes(),
        resultConfiguration: {
          outputLocation: `s3://${this.results.bucket.bucketName}/${resultsFolder}`,
          encryptionConfiguration: {
            encryptionOption: 'SSE_KMS',
            ...(resultsKey && { kmsKey: resultsKey.keyArn }),
          },
        },
      },
    });
    this.#databaseName = stack.stackName.toLowerCase().replaceAll('-', '_');
    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId: stack.account,
      databaseInput: { name: this.#databaseName, description: 'Who called what, as CloudTrail recorded it' },
    });
    this.#makeTable(props).addResourceDependency(database);
    for (const query of savedQueries({
      table: `"${this.#databaseName}"."${tableName}"`,
      account: stack.account,
      region: stack.region,
    })) {
      new athena.CfnNamedQuery(this, query.id, {
        name: query.name,
        description: query.description,
        database: this.#databaseName,
        workGroup: this.workGroup.name,
        queryString: query.sql,
      }).addResourceDependency(this.workGroup);
    }
  }

  /** Lets a principal ask, and read what was recorded: the one is of no use without the other. */
  grantAsk(grantee: iam.IGrantable): void {
    const stack = Stack.of(this);
    const catalog = (resource: string, resourceName?: string) =>
      stack.formatArn({ service: 'glue', resource, ...(resourceName && { resourceName }) });
    iam.Grant.addToPrincipal({
      grantee,
      actions: [
        'athena:BatchGetNamedQuery',
        'athena:GetNamedQuery',
        'athena:GetQueryExecution',
        'athena:GetQueryResults',
        'athena:GetWorkGroup',
        'athena:ListNamedQueries',
        'athena:StartQueryExecution',
        'athena:StopQueryExecution',
      ],
      resourceArns: [
        stack.formatArn({ service: 'athena', resource: 'workgroup', resourceName: this.workGroup.name }),
      ],
    });
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['glue:GetDatabase', 'glue:GetTable'],
      resourceArns: [
        catalog('catalog'),
        catalog('database', this.#databaseName),
        // Athena looks at it whatever the query names, unless the request names another.
        catalog('database', 'default'),
        catalog('table', `${this.#databaseName}/${tableName}`),
      ],
    });
    this.#bucket.grantRead(grantee, trailFolder);
    this.results.grantDelivery(grantee, resultsFolder);
  }

  #makeTable({ bucket, retention, organization }: AuditQueriesProps): glue.CfnTable {
    const root = `s3://${bucket.bucket.bucketName}/${trailFolder}${organization ? `${organization}/` : ''}`;
    return new glue.CfnTable(this, 'Table', {
      catalogId: Stack.of(this).account,
      databaseName: this.#databaseName,
      tableInput: {
        name: tableName,
        description: 'A call a row; name account and region in every query',
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: [...partitions],
        parameters: {
          EXTERNAL: 'TRUE',
          classification: 'cloudtrail',
          'projection.enabled': 'true',
          'projection.account.type': 'injected',
          'projection.region.type': 'injected',
          'projection.day.type': 'date',
          'projection.day.format': dayFormat.projected,
          'projection.day.interval': '1',
          'projection.day.interval.unit': 'DAYS',
          'projection.day.range': `NOW-${retention.toDays()}DAYS,NOW`,
          // Filled in by Athena.
          'storage.location.template': `${root}\${account}/CloudTrail/\${region}/\${day}`,
        },
        storageDescriptor: {
          columns: [...recordedColumns],
          location: root,
          inputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
        },
      },
    });
  }
}
