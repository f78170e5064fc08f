import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { StorageClass } from 'aws-cdk-lib/aws-s3';
import { AccessLogBucket } from '../../../lib/constructs/access-log-bucket.ts';
import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { FanOutTopic } from '../../../lib/constructs/fan-out-topic.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { ObjectBucket, type ObjectBucketProps } from '../../../lib/constructs/object-bucket.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import {
  onlyResource,
  referredId,
  resourceOf,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';
import type { TemplateJson } from '../../support/synthesized-app.ts';

function makeBucket(props: Omit<Partial<ObjectBucketProps>, 'accessLogs'> = {}) {
  const stack = testStack();
  const accessLogs = new AccessLogBucket(stack, 'AccessLogs');
  return { stack, accessLogs, uploads: new ObjectBucket(stack, 'Uploads', { accessLogs, ...props }) };
}

function makeQueue(stack: Stack, id = 'Queue') {
  const key = new MessageKey(stack, `${id}Key`, { description: 'Encrypts notifications in a queue' });
  return new DurableQueue(stack, id, { key });
}

function makeTopic(stack: Stack) {
  const key = new MessageKey(stack, 'TopicKey', { description: 'Encrypts notifications on a topic' });
  return new FanOutTopic(stack, 'Topic', { key });
}

/** Name and ARN of the bucket, as they read without a reference to it. */
const name = {
  'Fn::Join': ['', ['orders-uploads-', { Ref: 'AWS::AccountId' }, '-', { Ref: 'AWS::Region' }, '-an']],
};
const arn = {
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':s3:::orders-uploads-',
      { Ref: 'AWS::AccountId' },
      '-',
      { Ref: 'AWS::Region' },
      '-an',
    ],
  ],
};
const forThisBucket = {
  ArnLike: { 'aws:SourceArn': arn },
  StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
};

interface Statement {
  readonly Effect: string;
  readonly Principal?: { readonly Service?: string };
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Statements of every policy and key of a template that are for S3. */
function statementsForS3(template: TemplateJson) {
  return Object.values(template.Resources)
    .flatMap(({ Properties }) => [Properties?.PolicyDocument, Properties?.KeyPolicy])
    .flatMap(document => (document as { Statement: Statement[] } | undefined)?.Statement ?? [])
    .filter(({ Principal }) => Principal?.Service === 's3.amazonaws.com')
    .map(({ Action, Condition }) => ({ Action, Condition }));
}

/** Every resource that a resource waits for, by reference or by order. */
function waitsFor(template: TemplateJson, id: string, seen = new Set<string>()): Set<string> {
  const resource = template.Resources[id];
  const text = JSON.stringify(resource?.Properties ?? {});
  const referred = Object.keys(template.Resources).filter(
    other => text.includes(`{"Ref":"${other}"}`) || text.includes(`{"Fn::GetAtt":["${other}",`),
  );
  for (const other of [...referred, ...[resource?.DependsOn ?? []].flat()]) {
    if (seen.has(other)) continue;
    seen.add(other);
    waitsFor(template, other, seen);
  }
  return seen;
}

describe('ObjectBucket', () => {
  it('has a key of its own that rotates, and a data key for the bucket, not for each object', () => {
    const { stack, uploads } = makeBucket();
    const { Properties } = resourceOf(uploads.bucket);
    const encryption = Properties.BucketEncryption as {
      ServerSideEncryptionConfiguration: {
        BucketKeyEnabled: boolean;
        ServerSideEncryptionByDefault: { SSEAlgorithm: string; KMSMasterKeyID: unknown };
      }[];
    };
    const [rule] = encryption.ServerSideEncryptionConfiguration;

    expect(rule?.BucketKeyEnabled).toBe(true);
    expect(rule?.ServerSideEncryptionByDefault.SSEAlgorithm).toBe('aws:kms');
    const key =
      templateOf(stack).Resources[referredId(rule?.ServerSideEncryptionByDefault.KMSMasterKeyID) ?? ''];
    expect(key).toMatchObject({ Type: 'AWS::KMS::Key', Properties: { EnableKeyRotation: true } });
  });

  it('has a name that policies can know before it is there, in the namespace of its account', () => {
    expect(resourceOf(makeBucket().uploads.bucket).Properties).toMatchObject({
      BucketName: name,
      BucketNamespace: 'account-regional',
    });
  });

  it('is private, and its owner owns every object in it', () => {
    expect(resourceOf(makeBucket().uploads.bucket).Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
  });

  it('has who did what with it written to the log bucket, which lets S3 in for that', () => {
    const { stack, accessLogs, uploads } = makeBucket();

    expect(resourceOf(uploads.bucket).Properties.LoggingConfiguration).toEqual({
      DestinationBucketName: stack.resolve(accessLogs.bucketName),
      LogFilePrefix: 'orders-uploads/',
    });
    const policies = resourcesOfType(templateOf(stack), 'AWS::S3::BucketPolicy').map(
      ([, { Properties }]) => Properties,
    );
    const admissions = policies
      .filter(({ Bucket }) => referredId(Bucket) === referredId(stack.resolve(accessLogs.bucketName)))
      .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement)
      .filter(({ Effect }) => Effect === 'Allow');
    expect(admissions).toEqual([
      expect.objectContaining({
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Action: 's3:PutObject',
        Condition: {
          ArnLike: { 'aws:SourceArn': stack.resolve(uploads.bucket.bucketArn) },
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        },
      }),
    ]);
  });

  it('keeps what is overwritten or deleted for 30 days by default, and half an upload for 7', () => {
    expect(resourceOf(makeBucket().uploads.bucket).Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          {
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            ExpiredObjectDeleteMarker: true,
            Status: 'Enabled',
          },
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, Status: 'Enabled' },
        ],
      },
    });
  });

  it('keeps it for as long as it is told', () => {
    const { uploads } = makeBucket({ oldVersionRetention: Duration.days(3) });

    expect(resourceOf(uploads.bucket).Properties.LifecycleConfiguration).toMatchObject({
      Rules: [{ NoncurrentVersionExpiration: { NoncurrentDays: 3 } }, {}],
    });
  });

  it('stays with its key when its stack is deleted by default, and goes when told', () => {
    for (const [removalPolicy, expected] of [
      [undefined, 'Retain'],
      [RemovalPolicy.DESTROY, 'Delete'],
    ] as const) {
      const { stack } = makeBucket(removalPolicy && { removalPolicy });
      const kept = resourcesOfType(templateOf(stack), 'AWS::KMS::Key').map(([, key]) => key.DeletionPolicy);
      expect(kept).toEqual([expected]);
    }
  });

  it('keeps objects until somebody deletes them by default, and as long as it is told', () => {
    const expiries = (props: Partial<ObjectBucketProps>) => {
      const { Rules } = resourceOf(makeBucket(props).uploads.bucket).Properties.LifecycleConfiguration as {
        Rules: { ExpirationInDays?: number }[];
      };
      return Rules.flatMap(({ ExpirationInDays }) => ExpirationInDays ?? []);
    };

    expect(expiries({})).toEqual([]);
    expect(expiries({ retention: Duration.days(59) })).toEqual([59]);
    expect(() => makeBucket({ retention: Duration.days(0) })).toThrow(
      'Uploads: retention is 0 days; allowed: 1 day to 100 years.',
    );
  });

  it('fails when old versions are kept for no time', () => {
    expect(() => makeBucket({ oldVersionRetention: Duration.days(0) })).toThrow(
      'Uploads: oldVersionRetention is 0 days; allowed: 1 day to 100 years.',
    );
  });

  it('leaves objects where they are by default', () => {
    const { Rules } = resourceOf(makeBucket().uploads.bucket).Properties.LifecycleConfiguration as {
      Rules: Record<string, unknown>[];
    };
    expect(Rules.filter(({ Transitions }) => Transitions)).toEqual([]);
  });

  it('moves them on as they age', () => {
    const { uploads } = makeBucket({
      transitions: [{ storageClass: StorageClass.DEEP_ARCHIVE, after: Duration.days(90) }],
    });
    expect(resourceOf(uploads.bucket).Properties.LifecycleConfiguration).toMatchObject({
      Rules: expect.arrayContaining([
        {
          Id: 'Transition',
          Status: 'Enabled',
          Transitions: [{ StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 90 }],
        },
      ]),
    });
  });

  it('fails when they would be deleted before they move on', () => {
    const act = () =>
      makeBucket({
        transitions: [{ storageClass: StorageClass.DEEP_ARCHIVE, after: Duration.days(90) }],
        retention: Duration.days(90),
      });
    expect(act).toThrow(PropsError);
    expect(act).toThrow(
      'transitions is 90 days; allowed: whole days from 1 on, each later than the one before',
    );
  });

  it('tells nobody of anything until it is told to', () => {
    expect(resourceOf(makeBucket().uploads.bucket).Properties).not.toHaveProperty(
      'NotificationConfiguration',
    );
  });

  it('locks nothing and refuses no deletion by default', () => {
    const { stack, uploads } = makeBucket();
    expect(resourceOf(uploads.bucket).Properties).not.toHaveProperty('ObjectLockEnabled');
    expect(JSON.stringify(templateOf(stack))).not.toContain('s3:DeleteObject');
  });

  it.each(['governance', 'compliance'] as const)('locks every version that comes, by %s', mode => {
    const { uploads } = makeBucket({
      retention: Duration.days(30),
      lock: { mode, duration: Duration.days(30) },
    });
    expect(resourceOf(uploads.bucket).Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: mode.toUpperCase(), Days: 30 } } },
    });
  });

  it('fails when versions would be locked for longer than they are kept', () => {
    const lock = { mode: 'compliance', duration: Duration.days(31) } as const;
    expect(() => makeBucket({ retention: Duration.days(30), lock })).toThrow(
      /lock is 31 days; allowed: 1 day to 100 years, and not longer than the retention/,
    );
    expect(() => makeBucket({ lock })).not.toThrow();
  });

  it('refuses deletions to everybody when told, and the way round a lock', () => {
    const { stack } = makeBucket({ deletable: false });
    const statements = resourcesOfType(templateOf(stack), 'AWS::S3::BucketPolicy').flatMap(
      ([, { Properties }]) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
    );
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: ['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'],
      }),
    );
  });

  it('brings no custom resource and no function into the stack', () => {
    const { stack, uploads } = makeBucket();
    uploads.tellQueue(makeQueue(stack), 'incoming/');
    const types = Object.values(templateOf(stack).Resources).map(({ Type }) => Type);

    expect(types.filter(type => type.startsWith('Custom::') || type === 'AWS::Lambda::Function')).toEqual([]);
  });
});

describe('ObjectBucket.tellQueue', () => {
  function tellQueue() {
    const made = makeBucket();
    const queue = makeQueue(made.stack);
    made.uploads.tellQueue(queue, 'incoming/');
    return { ...made, queue, template: templateOf(made.stack) };
  }

  it('tells the queue of objects that come and go under the prefix', () => {
    const { stack, uploads, queue } = tellQueue();
    const under = { S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } };

    expect(resourceOf(uploads.bucket).Properties.NotificationConfiguration).toEqual({
      QueueConfigurations: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'].map(Event => ({
        Event,
        Filter: under,
        Queue: stack.resolve(queue.queue.queueArn),
      })),
    });
  });

  it('lets S3 send to the queue and use its key, each for this bucket and account', () => {
    expect(statementsForS3(tellQueue().template)).toEqual(
      expect.arrayContaining([
        { Action: 'sqs:SendMessage', Condition: forThisBucket },
        { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Condition: forThisBucket },
      ]),
    );
    expect(statementsForS3(tellQueue().template)).toHaveLength(2);
  });

  it('is made after the policies of queue and key, which S3 tries, and nothing goes round in a circle', () => {
    const { stack, uploads, template } = tellQueue();
    const bucketId = referredId(stack.resolve(uploads.bucket.bucketName)) ?? '';
    const before = waitsFor(template, bucketId);
    const [policyId] = resourcesOfType(template, 'AWS::SQS::QueuePolicy').find(([, policy]) =>
      JSON.stringify(policy).includes('s3.amazonaws.com'),
    ) ?? ['none'];

    expect(template.Resources[bucketId]?.DependsOn).toContain(policyId);
    expect([...before].map(id => template.Resources[id]?.Type)).toEqual(
      expect.arrayContaining(['AWS::SQS::QueuePolicy', 'AWS::SQS::Queue', 'AWS::KMS::Key']),
    );
    expect(before.has(bucketId)).toBe(false);
  });

  it('can tell two queues, of two folders', () => {
    const { stack, uploads } = makeBucket();
    uploads.tellQueue(makeQueue(stack, 'First'), 'first/');
    uploads.tellQueue(makeQueue(stack, 'Second'), 'second/');

    const { QueueConfigurations } = resourceOf(uploads.bucket).Properties.NotificationConfiguration as {
      QueueConfigurations: unknown[];
    };
    expect(QueueConfigurations).toHaveLength(4);
  });

  it.each(['', '/', 'incoming'])('fails for a prefix that is no folder: "%s"', prefix => {
    const { stack, uploads } = makeBucket();

    expect(() => uploads.tellQueue(makeQueue(stack), prefix)).toThrow(PropsError);
    expect(() => uploads.tellQueue(makeQueue(stack, 'Other'), prefix)).toThrow(
      /allowed: a folder such as incoming\//,
    );
  });

  it.each(['incoming/', 'incoming/photos/'])('fails for a prefix that overlaps with another: %s', prefix => {
    const { stack, uploads } = makeBucket();
    uploads.tellQueue(makeQueue(stack, 'First'), 'incoming/');

    expect(() => uploads.tellTopic(makeTopic(stack), prefix)).toThrow(
      `prefix is ${prefix}; allowed: none that overlaps with incoming/. S3 tells of an object to one destination`,
    );
  });
});

describe('ObjectBucket.tellTopic', () => {
  function tellTopic() {
    const made = makeBucket();
    const topic = makeTopic(made.stack);
    made.uploads.tellTopic(topic, 'incoming/');
    // Subscribed afterwards, and there before the bucket all the same.
    topic.fanOutTo(makeQueue(made.stack), 'everything');
    return { ...made, topic, template: templateOf(made.stack) };
  }

  it('tells the topic of objects that come and go under the prefix', () => {
    const { stack, uploads, topic } = tellTopic();
    const under = { S3Key: { Rules: [{ Name: 'prefix', Value: 'incoming/' }] } };

    expect(resourceOf(uploads.bucket).Properties.NotificationConfiguration).toEqual({
      TopicConfigurations: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'].map(Event => ({
        Event,
        Filter: under,
        Topic: stack.resolve(topic.topic.topicArn),
      })),
    });
  });

  it('lets S3 publish to the topic and use its key, each for this bucket and account, and nothing behind it', () => {
    const statements = statementsForS3(tellTopic().template);

    expect(statements).toEqual(
      expect.arrayContaining([
        { Action: 'sns:Publish', Condition: forThisBucket },
        { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Condition: forThisBucket },
      ]),
    );
    expect(statements).toHaveLength(2);
  });

  it('is made after the policies of topic and key and after every subscription, in no circle', () => {
    const { stack, uploads, template } = tellTopic();
    const bucketId = referredId(stack.resolve(uploads.bucket.bucketName)) ?? '';
    const before = waitsFor(template, bucketId);
    const ids = ['AWS::SNS::TopicPolicy', 'AWS::SNS::Subscription'].flatMap(type =>
      resourcesOfType(template, type).map(([id]) => id),
    );

    expect(template.Resources[bucketId]?.DependsOn).toEqual(expect.arrayContaining(ids));
    expect([...before].map(id => template.Resources[id]?.Type)).toContain('AWS::SQS::QueuePolicy');
    expect(before.has(bucketId)).toBe(false);
  });
});

describe('the grants of ObjectBucket', () => {
  function statementsOf(grant: (uploads: ObjectBucket, role: iam.Role) => void) {
    const { stack, uploads } = makeBucket();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    grant(uploads, role);
    const { PolicyDocument } = onlyResource(stack, 'AWS::IAM::Policy').Properties;
    const bucketArn = stack.resolve(uploads.bucket.bucketArn);
    return {
      bucketArn,
      under: (prefix: string) => ({ 'Fn::Join': ['', [bucketArn, `/${prefix}*`]] }),
      statements: (PolicyDocument as { Statement: Statement[] }).Statement,
    };
  }

  const throughS3 = {
    StringEquals: {
      'kms:ViaService': {
        'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
      },
    },
  };

  it('to read let every version under the prefix be read, and what is gone be told from what is denied', () => {
    const { statements, bucketArn, under } = statementsOf((uploads, role) =>
      uploads.grantRead(role, 'incoming/'),
    );

    expect(statements).toEqual([
      expect.objectContaining({
        Action: ['s3:GetObject', 's3:GetObjectVersion'],
        Resource: under('incoming/'),
      }),
      expect.objectContaining({ Action: ['s3:ListBucket', 's3:ListBucketVersions'], Resource: bucketArn }),
      expect.objectContaining({ Action: 'kms:Decrypt', Condition: throughS3 }),
    ]);
  });

  it('to a delivery stream let objects under its prefixes be written in parts, and nothing be deleted', () => {
    const { statements, bucketArn, under } = statementsOf((uploads, role) =>
      uploads.grantDelivery(role, 'events/', 'errors/'),
    );

    const writing = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'];
    expect(statements).toEqual([
      expect.objectContaining({ Action: writing, Resource: [under('errors/'), under('events/')] }),
      expect.objectContaining({
        Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        Resource: bucketArn,
      }),
      expect.objectContaining({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Condition: throughS3 }),
    ]);
  });

  it('to put let objects under the prefix be written, and nothing be read', () => {
    const { statements, under } = statementsOf((uploads, role) => uploads.grantPut(role, 'results/'));

    expect(statements).toEqual([
      expect.objectContaining({ Action: 's3:PutObject', Resource: under('results/') }),
      expect.objectContaining({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Condition: throughS3 }),
    ]);
  });
});
