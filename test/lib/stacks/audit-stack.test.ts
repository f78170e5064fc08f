import { accesses } from '../../../lib/constructs/audit/recorded-calls.ts';
import { proveDeliveries } from '../../../lib/validation/delivery/delivery-proof.ts';
import { FilterPattern } from '../../support/filter-pattern.ts';
import { recordedCall } from '../../support/recorded-calls.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { statedText, theOnly } from '../../support/stated-values.ts';
import { synthesizedApp, systemTemplate, type TemplateJson } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'audit';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');
const organization = 'o-a1b2c3d4e5';
const ofOrganization = systemTemplate(system, 'dev', { auditOrganization: organization });

interface Selector {
  readonly Name: string;
  readonly FieldSelectors: readonly { Field: string; Equals?: string[]; EndsWith?: string[] }[];
}

const trailOf = (template: TemplateJson, name: string) =>
  theOnly(template, 'AWS::CloudTrail::Trail', ({ TrailName }) => TrailName === `${system}-${name}`);
const bucketOf = (template: TemplateJson) =>
  theOnly(template, 'AWS::S3::Bucket', ({ BucketName }) =>
    statedText(BucketName).startsWith(`${system}-calls-`),
  );
const logGroup = theOnly(dev, 'AWS::Logs::LogGroup');

/** Whether a trail records a call with these fields. */
function records(template: TemplateJson, name: string, call: Readonly<Record<string, string>>): boolean {
  const selectors = trailOf(template, name).resource.Properties.AdvancedEventSelectors as Selector[];
  return selectors.some(({ FieldSelectors }) =>
    FieldSelectors.every(({ Field, Equals = [], EndsWith = [] }) => {
      const value = call[Field] ?? '';
      return Equals.includes(value) || EndsWith.some(ending => value.endsWith(ending));
    }),
  );
}

/** Names of all queues of the app: those that messages are worked off from, and those where failed ones end. */
const allQueues = synthesizedApp('dev').stackNames.flatMap(name =>
  resourcesOfType(synthesizedApp('dev').template(name), 'AWS::SQS::Queue').map(([, { Properties }]) => ({
    name: statedText(Properties.QueueName),
    // Each queue that is worked off has a DLQ: that is a rule of the app's own.
    isDeadLetterQueue: Properties.RedrivePolicy === undefined,
  })),
);

const change = { eventCategory: 'Management', readOnly: 'false' };
const look = { eventCategory: 'Management', readOnly: 'true' };
const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-1:111122223333:${name}`;
const message = (type: string, name: string) => ({
  eventCategory: 'Data',
  'resources.type': type,
  'resources.ARN': arn(type === 'AWS::SQS::Queue' ? 'sqs' : 'sns', name),
});

describe('the trails', () => {
  it.each([
    ['dev', dev],
    ['prod', prod],
  ])('record every call of management once, in %s', (_, template) => {
    expect(records(template, 'changes', change)).toBe(true);
    expect(records(template, 'accesses', change)).toBe(false);
    expect(records(template, 'changes', look)).toBe(false);
    expect(records(template, 'accesses', look)).toBe(true);
  });

  it('record messages of DLQs in dev, and of all queues and topics in prod, and not of other services', () => {
    const queue = message('AWS::SQS::Queue', 'order-processing-payment-queue');
    const topic = message('AWS::SNS::Topic', 'orders');
    expect(allQueues.filter(({ isDeadLetterQueue }) => isDeadLetterQueue).length).toBeGreaterThan(30);
    for (const { name, isDeadLetterQueue } of allQueues) {
      const call = message('AWS::SQS::Queue', name);
      expect([name, records(dev, 'accesses', call)]).toEqual([name, isDeadLetterQueue]);
      expect([name, records(prod, 'accesses', call)]).toEqual([name, true]);
    }
    for (const call of [queue, topic]) {
      expect(records(dev, 'accesses', call)).toBe(false);
      expect(records(prod, 'accesses', call)).toBe(true);
    }
    for (const template of [dev, prod]) {
      expect(records(template, 'accesses', message('AWS::S3::Object', 'a'))).toBe(false);
      expect(records(template, 'changes', queue)).toBe(false);
    }
    expect(Object.keys(accesses)).toHaveLength(2);
  });

  it.each(['changes', 'accesses'])('%s is of all regions, signed, and under the key of its bucket', name => {
    const bucket = bucketOf(dev);
    const { Properties, DependsOn } = trailOf(dev, name).resource;
    expect(Properties).toMatchObject({
      IsLogging: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
      IsOrganizationTrail: false,
      S3BucketName: { Ref: bucket.id },
    });
    const encryption = bucket.resource.Properties.BucketEncryption as {
      ServerSideEncryptionConfiguration: {
        BucketKeyEnabled: boolean;
        ServerSideEncryptionByDefault: { KMSMasterKeyID: unknown };
      }[];
    };
    const [rule] = encryption.ServerSideEncryptionConfiguration;
    expect(rule?.BucketKeyEnabled).toBe(false);
    expect(Properties.KMSKeyId).toEqual(rule?.ServerSideEncryptionByDefault.KMSMasterKeyID);
    const policy = theOnly(dev, 'AWS::S3::BucketPolicy', ({ Bucket }) => referredId(Bucket) === bucket.id);
    expect(DependsOn).toContain(policy.id);
  });

  it('of changes alone writes to the log', () => {
    expect(referredId(trailOf(dev, 'changes').resource.Properties.CloudWatchLogsLogGroupArn)).toBe(
      logGroup.id,
    );
    expect(trailOf(dev, 'accesses').resource.Properties).not.toHaveProperty('CloudWatchLogsLogGroupArn');
  });

  it('is made once its role may write to the log, which CloudTrail tries', () => {
    const { Properties, DependsOn } = trailOf(dev, 'changes').resource;
    const role = referredId(Properties.CloudWatchLogsRoleArn);
    const policy = theOnly(dev, 'AWS::IAM::Policy', ({ Roles }) =>
      (Roles as unknown[]).some(written => referredId(written) === role),
    );
    expect(DependsOn).toContain(policy.id);
  });

  it('are of all accounts of an organization where the stage names one', () => {
    for (const name of ['changes', 'accesses']) {
      expect(trailOf(ofOrganization, name).resource.Properties.IsOrganizationTrail).toBe(true);
    }
    const policy = theOnly(
      ofOrganization,
      'AWS::S3::BucketPolicy',
      ({ Bucket }) => referredId(Bucket) === bucketOf(ofOrganization).id,
    );
    expect(JSON.stringify(policy.resource)).toContain(`/AWSLogs/${organization}/*`);
    expect(JSON.stringify(dev)).not.toContain('o-a1');
  });

  it.each([dev, prod, ofOrganization])('have every delivery proven', template => {
    const verdicts = proveDeliveries([{ name: system, template }]);
    expect(verdicts.flatMap(({ findings }) => findings)).toEqual([]);
    expect(verdicts.filter(({ edge }) => edge.kind === 'CloudTrail')).toHaveLength(3);
  });
});

describe('the bucket', () => {
  it('is not locked in dev, and for a year in prod, of which it deletes after seven', () => {
    expect(bucketOf(dev).resource.Properties).not.toHaveProperty('ObjectLockConfiguration');
    expect(bucketOf(prod).resource.Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } },
      },
    });
  });

  it('can be locked so that nobody goes round it', () => {
    const complied = systemTemplate(system, 'prod', { auditLock: 'compliance', auditLockInDays: '30' });
    expect(bucketOf(complied).resource.Properties.ObjectLockConfiguration).toMatchObject({
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } },
    });
  });

  it('fails when the lock is longer than the retention', () => {
    expect(() => systemTemplate(system, 'prod', { auditLockInDays: '3000' })).toThrow(
      /lock is 3000 days; allowed: 1 day to 100 years, and not longer than the retention/,
    );
  });

  it('gets cheaper in prod as it ages', () => {
    const { Rules } = bucketOf(prod).resource.Properties.LifecycleConfiguration as {
      Rules: { Id: string; ExpirationInDays?: number; Transitions?: unknown }[];
    };
    expect(Rules.find(({ Id }) => Id === 'Expire')?.ExpirationInDays).toBe(2_557);
    expect(Rules.find(({ Id }) => Id === 'Transition')?.Transitions).toEqual([
      { StorageClass: 'GLACIER_IR', TransitionInDays: 90 },
      { StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 730 },
    ]);
  });
});

interface Column {
  readonly Name: string;
  readonly Type: string;
}

interface TableInput {
  readonly Name: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly PartitionKeys: readonly Column[];
  readonly StorageDescriptor: {
    readonly Columns: readonly Column[];
    readonly InputFormat: string;
    readonly Location: unknown;
    readonly SerdeInfo: { readonly SerializationLibrary: string };
  };
}

const tableOf = (template: TemplateJson) =>
  theOnly(template, 'AWS::Glue::Table').resource.Properties.TableInput as TableInput;

describe('the table', () => {
  const table = tableOf(dev);

  it('knows the type of each of its partitions, and where each is', () => {
    const names = table.PartitionKeys.map(({ Name }) => Name);
    const template = statedText(table.Parameters['storage.location.template']);
    for (const name of names) expect(table.Parameters).toHaveProperty([`projection.${name}.type`]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what Athena fills in.
    const filled = '${account}/CloudTrail/${region}/${day}';
    expect(template).toBe(`s3://<${bucketOf(dev).id}>/AWSLogs/${filled}`);
    expect(statedText(tableOf(ofOrganization).Parameters['storage.location.template'])).toBe(
      `s3://<${bucketOf(ofOrganization).id}>/AWSLogs/${organization}/${filled}`,
    );
    expect(table.Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.day.format': 'yyyy/MM/dd',
      'projection.day.range': 'NOW-30DAYS,NOW',
    });
  });

  it('reads what CloudTrail writes', () => {
    expect(table.StorageDescriptor).toMatchObject({
      InputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
      SerdeInfo: { SerializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
    });
  });

  it('has a column for every field that a recorded call has', () => {
    const columns = table.StorageDescriptor.Columns.map(({ Name }) => Name);
    const others = ['managementevent', 'eventcategory'];
    const fields = Object.keys(recordedCall('sqs', 'PurgeQueue')).map(name => name.toLowerCase());
    expect(fields.filter(name => !columns.includes(name) && !others.includes(name))).toEqual([]);
  });
});

const functionsAndWords = new Set(
  `select from where and or in as order by desc limit interval day current_date
   json_extract_scalar date_format regexp_like coalesce`.split(/\s+/),
);

/** Fields of the columns that are a struct, by their path: `useridentity.arn`. */
function fieldPaths({ Name, Type }: Column): string[] {
  const path = [Name];
  const found = [Name];
  for (const [, name, sign] of Type.matchAll(/(?:(\w+)(?=:))|([<>])/g)) {
    if (name) {
      found.push([...path, name].join('.'));
      path.push(name);
    }
    // A field that is no struct ends with its type; one that is, with the bracket.
    if (name && !new RegExp(`\\b${name}:struct<`).test(Type)) path.pop();
    if (sign === '>') path.pop();
  }
  return found;
}

describe('the queries', () => {
  const queries = resourcesOfType(dev, 'AWS::Athena::NamedQuery').map(([id, { Properties }]) => ({
    id,
    sql: statedText(Properties.QueryString),
    Properties,
  }));
  const table = tableOf(dev);
  const known = new Set(
    [...table.StorageDescriptor.Columns, ...table.PartitionKeys].flatMap(column => fieldPaths(column)),
  );

  it('are three, of the workgroup that limits and encrypts them', () => {
    const workGroup = theOnly(dev, 'AWS::Athena::WorkGroup');
    expect(queries.map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'QueriesWhoPurged',
      'QueriesWhoChangedPolicies',
      'QueriesWhoReadDeadLetters',
    ]);
    for (const { Properties } of queries) {
      expect(Properties.WorkGroup).toBe(workGroup.resource.Properties.Name);
      expect(dev.Resources[workGroup.id]?.Type).toBe('AWS::Athena::WorkGroup');
    }
    expect(workGroup.resource.Properties).toMatchObject({
      RecursiveDeleteOption: true,
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 10 * 1024 ** 3,
        ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_KMS' } },
      },
    });
    expect(theOnly(prod, 'AWS::Athena::WorkGroup').resource.Properties.RecursiveDeleteOption).toBe(false);
  });

  it.each(queries)('$id asks the table for columns that it has', ({ sql, Properties }) => {
    const database = theOnly(dev, 'AWS::Glue::Database').resource.Properties.DatabaseInput as {
      Name: string;
    };
    expect(Properties.Database).toBe(database.Name);
    expect(sql).toContain(`FROM "${database.Name}"."${table.Name}"\n`);
    const words = sql
      .replaceAll(/'[^']*'|"[^"]*"/g, ' ')
      .replaceAll(/\bAS \w+/g, ' ')
      .match(/[a-z_][\w.]*/gi);
    const unknown = (words ?? []).filter(
      word => !functionsAndWords.has(word.toLowerCase()) && !known.has(word),
    );
    expect(unknown).toEqual([]);
  });

  it.each(queries)(
    '$id names one account and one region, and no day before those that are kept',
    ({ sql }) => {
      expect(sql).toMatch(
        /\bWHERE account = '<AWS::AccountId>'\n {2}AND region = '<AWS::Region>'\n {2}AND day >= /,
      );
      expect(sql).toContain("'%Y/%m/%d')");
      expect(Number(/interval '(\d+)' day/.exec(sql)?.[1])).toBeLessThanOrEqual(30);
      expect(sql.match(/[()]/g)?.reduce((depth, sign) => depth + (sign === '(' ? 1 : -1), 0)).toBe(0);
    },
  );

  it('finds DLQs by their names, and no other queues', () => {
    const sql = queries.find(({ id }) => id.startsWith('QueriesWhoReadDeadLetters'))?.sql ?? '';
    const pattern = new RegExp(/regexp_like\(.*?, '([^']+)'\)\n/.exec(sql)?.[1] ?? 'none');
    const url = (name: string) => `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`;
    for (const { name, isDeadLetterQueue } of allQueues) {
      expect([name, pattern.test(url(name))]).toEqual([name, isDeadLetterQueue]);
    }
    // The dot is a dot.
    expect(pattern.test(url('ledger-dlqxfifo'))).toBe(false);
  });
});

describe('alarms', () => {
  const filters = resourcesOfType(dev, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => ({
    logGroup: referredId(Properties.LogGroupName),
    pattern: new FilterPattern(statedText(Properties.FilterPattern)),
    made: Properties.MetricTransformations as {
      MetricName: string;
      MetricNamespace: string;
      MetricValue: string;
    }[],
  }));

  it('are of each count of the log', () => {
    const watched = resourcesOfType(dev, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
    expect(filters).toHaveLength(5);
    for (const { logGroup: filtered, made } of filters) {
      expect(filtered).toBe(logGroup.id);
      expect(made).toMatchObject([{ MetricNamespace: 'Audit', MetricValue: '1' }]);
      expect(watched).toContainEqual(
        expect.objectContaining({ Namespace: 'Audit', MetricName: made[0]?.MetricName, Threshold: 1 }),
      );
    }
  });

  it('go off when the policy of this bucket is changed, and of no other', () => {
    const counted = (bucketName: string) =>
      filters
        .filter(({ pattern }) => pattern.matches(recordedCall('s3', 'DeleteBucketPolicy', { bucketName })))
        .flatMap(({ made }) => made.map(({ MetricName }) => MetricName));
    expect(counted(`<${bucketOf(dev).id}>`)).toEqual(['TrailChanged']);
    expect(counted('another')).toEqual([]);
  });

  it('are of silence too where the stage wants all', () => {
    const isSilence = ({ MetricName }: Readonly<Record<string, unknown>>) =>
      MetricName === 'IncomingLogEvents';
    expect(theOnly(prod, 'AWS::CloudWatch::Alarm', isSilence).resource.Properties).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 86_400,
      TreatMissingData: 'breaching',
    });
    expect(() => theOnly(dev, 'AWS::CloudWatch::Alarm', isSilence)).toThrow('found 0');
  });
});

describe('what it was when it was last looked at', () => {
  it('is what it is in dev', () => {
    expect(templatePicture(dev)).toMatchSnapshot();
  });

  it('is what differs in prod', () => {
    expect(templateDifferences(dev, prod)).toMatchSnapshot();
  });

  it('is what differs for an organization', () => {
    expect(templateDifferences(dev, ofOrganization)).toMatchSnapshot();
  });
});
