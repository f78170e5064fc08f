import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import type { DeployedResource } from '../support/policy/deployed-stack.ts';
import { plainHttpFaults } from '../support/policy/plain-http.ts';
import { PolicyWorld } from '../support/policy/policy-world.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedStacks, synthesizedWorld } from '../support/policy/synthesized-world.ts';

const stack = 'file-uploads';
const dev = synthesizedWorld('dev');
const s3 = 's3.amazonaws.com';

const direct = dev.resource(`${stack}/Direct/Bucket`);
const fannedOut = dev.resource(`${stack}/FannedOut/Bucket`);
const directQueue = dev.resource(`${stack}/DirectUploads/Queue`);
const fannedOutQueue = dev.resource(`${stack}/FannedOutUploads/Queue`);
const topic = dev.resource(`${stack}/Uploads/Topic`);
const queueKey = dev.resource(`${stack}/QueueKey`);
const topicKey = dev.resource(`${stack}/TopicKey`);

/** Something in a bucket. */
const inside = (bucket: DeployedResource, key: string) => ({ ...bucket, arn: `${bucket.arn}/${key}` });

describe('file-uploads delivers', () => {
  const names = deliveryEdges(dev).map(edge => edge.name);
  const from = (path: string) => names.filter(name => name.startsWith(`${path} → `)).sort();

  it('from the one bucket to its queue, and its access log', () => {
    expect(from(direct.path)).toEqual([
      `${direct.path} → ${stack}/AccessLogs`,
      `${direct.path} → ${directQueue.path}`,
    ]);
  });

  it('from the other bucket to its topic, and its access log', () => {
    expect(from(fannedOut.path)).toEqual([
      `${fannedOut.path} → ${stack}/AccessLogs`,
      `${fannedOut.path} → ${topic.path}`,
    ]);
  });

  it('from the topic to its queue, or to the DLQ of the subscription', () => {
    expect(from(topic.path)).toEqual([
      `${topic.path} → ${fannedOutQueue.path}`,
      `${topic.path} → ${stack}/FannedOutUploads/UndeliveredUploads`,
    ]);
  });

  it.each(['Direct', 'FannedOut'])('from the queue of %s to its consumer, or to its DLQ', name => {
    expect(from(`${stack}/${name}Uploads/Queue`)).toEqual([
      `${stack}/${name}Uploads/Queue → ${stack}/${name}Consumer/Role`,
      `${stack}/${name}Uploads/Queue → ${stack}/${name}Uploads/Dlq`,
    ]);
  });
});

describe('S3', () => {
  const steps = [
    { what: 'to send to the queue', action: 'sqs:SendMessage', target: directQueue, bucket: direct },
    { what: 'to use the key of the queues', action: 'kms:GenerateDataKey', target: queueKey, bucket: direct },
    { what: 'to read with the key of the queues', action: 'kms:Decrypt', target: queueKey, bucket: direct },
    { what: 'to publish to the topic', action: 'sns:Publish', target: topic, bucket: fannedOut },
    {
      what: 'to use the key of the topic',
      action: 'kms:GenerateDataKey',
      target: topicKey,
      bucket: fannedOut,
    },
    { what: 'to read with the key of the topic', action: 'kms:Decrypt', target: topicKey, bucket: fannedOut },
  ];

  describe.each(steps)('is let $what', ({ action, target, bucket }) => {
    const other = bucket === direct ? fannedOut : direct;
    const { arn, account } = bucket;
    const may = (source: { arn: string | undefined; account: string | undefined }) =>
      dev.service(s3, source).may(action, target);

    it('for its bucket', async () => {
      expect(await may({ arn, account })).toBeAllowed();
    });

    it('and for no other bucket, of this stack or of the account', async () => {
      expect(await may({ arn: other.arn, account })).toBeDenied();
      expect(await may({ arn: `${arn}-2`, account })).toBeDenied();
      expect(await may({ arn: 'arn:aws:s3:::anything', account })).toBeDenied();
    });

    it('and for no bucket of that name in another account', async () => {
      expect(await may({ arn, account: '999999999999' })).toBeDenied();
      expect(await may({ arn, account: undefined })).toBeDenied();
    });

    it('and on behalf of nobody', async () => {
      expect(await dev.service(s3).may(action, target)).toBeDenied();
      expect(await may({ arn: undefined, account })).toBeDenied();
    });

    it('and is so alone: no other service is, for the same bucket', async () => {
      const impostor = dev.service('events.amazonaws.com', { arn, account });
      expect(await impostor.may(action, target)).toBeDenied();
    });
  });

  it.each([
    { action: 'sqs:SendMessage', target: directQueue, bucket: direct },
    { action: 'sns:Publish', target: topic, bucket: fannedOut },
  ])('$action is refused without TLS, even to S3', async ({ action, target, bucket }) => {
    const { arn, account } = bucket;
    expect(await dev.service(s3, { arn, account }).overPlainHttp().may(action, target)).toBeForbidden();
  });

  it('sends to no queue but that of its bucket: the other goes by way of the topic', async () => {
    for (const { arn, account } of [direct, fannedOut]) {
      expect(await dev.service(s3, { arn, account }).may('sqs:SendMessage', fannedOutQueue)).toBeDenied();
    }
    const { arn, account } = fannedOut;
    expect(await dev.service(s3, { arn, account }).may('sqs:SendMessage', directQueue)).toBeDenied();
    expect(await dev.service(s3, { arn, account }).may('kms:GenerateDataKey', queueKey)).toBeDenied();
  });

  it('reads, subscribes and configures nothing', async () => {
    const { arn, account } = direct;
    for (const action of ['sqs:ReceiveMessage', 'sqs:SetQueueAttributes', 'sqs:PurgeQueue']) {
      expect(await dev.service(s3, { arn, account }).may(action, directQueue)).toBeDenied();
    }
    expect(await dev.service(s3, { arn: fannedOut.arn, account }).may('sns:Subscribe', topic)).toBeDenied();
  });

  it('writes access logs for its two buckets, each into its own folder', async () => {
    const logs = dev.resource(`${stack}/AccessLogs`);
    const logging = (source: DeployedResource) =>
      dev.service('logging.s3.amazonaws.com', { arn: source.arn, account: source.account });

    expect(await logging(direct).may('s3:PutObject', inside(logs, 'file-uploads-direct/log'))).toBeAllowed();
    expect(
      await logging(direct).may('s3:PutObject', inside(logs, 'file-uploads-fanned-out/log')),
    ).toBeDenied();
    expect(await logging(logs).may('s3:PutObject', inside(logs, 'file-uploads-direct/log'))).toBeDenied();
    expect(await logging(direct).may('s3:GetObject', inside(logs, 'file-uploads-direct/log'))).toBeDenied();
  });
});

describe.each(['Direct', 'FannedOut'])('the bucket %s', name => {
  const bucket = dev.resource(`${stack}/${name}/Bucket`);
  const key = dev.resource(`${stack}/${name}/Key`);
  const consumer = dev.role(`${stack}/${name}Consumer/Role`);
  const otherName = name === 'Direct' ? 'FannedOut' : 'Direct';

  it('is open to nobody but whom the account lets', async () => {
    for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']) {
      const object = inside(bucket, 'incoming/a.txt');
      expect(await dev.outsider().may(action, object)).toBeDenied();
      expect(await dev.anybody().may(action, object)).toBeDenied();
      expect(await dev.stranger().may(action, object)).toBeDenied();
      expect(await dev.administrator().may(action, object)).toBeAllowed();
      expect(await dev.administrator().overPlainHttp().may(action, object)).toBeForbidden();
    }
  });

  it('lets its consumer read uploads, every version, and no results', async () => {
    for (const action of ['s3:GetObject', 's3:GetObjectVersion']) {
      expect(await consumer.may(action, inside(bucket, 'incoming/a b.txt'))).toBeAllowed();
      expect(await consumer.may(action, inside(bucket, 'results/a.json'))).toBeDenied();
      expect(await consumer.may(action, inside(bucket, 'incoming.txt'))).toBeDenied();
    }
  });

  it('lets its consumer write results, and nothing where it listens', async () => {
    expect(await consumer.may('s3:PutObject', inside(bucket, 'results/a.json'))).toBeAllowed();
    for (const key of ['incoming/a.json', 'a.json', 'resultsandmore/a.json']) {
      expect(await consumer.may('s3:PutObject', inside(bucket, key))).toBeDenied();
    }
  });

  it.each(['incoming/a.txt', 'results/a.json'])('lets its consumer delete nothing: %s', async object => {
    for (const action of [
      's3:DeleteObject',
      's3:DeleteObjectVersion',
      's3:PutObjectAcl',
      's3:PutObjectTagging',
    ]) {
      expect(await consumer.may(action, inside(bucket, object))).toBeDenied();
    }
  });

  it('lets nothing to the consumer of the other bucket', async () => {
    const other = dev.role(`${stack}/${otherName}Consumer/Role`);
    expect(await other.may('s3:GetObject', inside(bucket, 'incoming/a.txt'))).toBeDenied();
    expect(await other.may('s3:PutObject', inside(bucket, 'results/a.json'))).toBeDenied();
    expect(await other.may('s3:ListBucket', bucket)).toBeDenied();
    expect(await other.by('s3.eu-west-1.amazonaws.com').may('kms:Decrypt', key)).toBeDenied();
  });

  it('has a key that opens for its consumer what S3 hands out, and nothing else', async () => {
    expect(await consumer.by('s3.eu-west-1.amazonaws.com').may('kms:Decrypt', key)).toBeAllowed();
    expect(await consumer.by('s3.eu-west-1.amazonaws.com').may('kms:GenerateDataKey', key)).toBeAllowed();
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
      expect(await consumer.may(action, key)).toBeDenied();
      expect(await consumer.by('s3.us-east-1.amazonaws.com').may(action, key)).toBeDenied();
      expect(await consumer.by('sqs.eu-west-1.amazonaws.com').may(action, key)).toBeDenied();
    }
  });
});

describe('roles may do what their functions do, and nothing else', () => {
  const useTableKey = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];

  describe.each([
    { stage: 'dev', tableKey: (_table: string) => ({}) },
    { stage: 'prod', tableKey: (table: string) => ({ [`${table}/Key`]: useTableKey }) },
  ] as const)('$stage', ({ stage, tableKey }) => {
    const world = synthesizedWorld(stage);

    it.each(['Direct', 'FannedOut'])('%s', async name => {
      const expected = {
        [`${name}Consumer/Logs`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        [`${name}Uploads/Queue`]: [
          'sqs:ChangeMessageVisibility',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:GetQueueUrl',
          'sqs:ReceiveMessage',
        ],
        QueueKey: ['kms:Decrypt'],
        [`${name}Records/Table`]: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        ...tableKey(`${name}Records`),
        [`${name}/Bucket`]: ['s3:ListBucket', 's3:ListBucketVersions'],
        [`${name}/Bucket/incoming/*`]: ['s3:GetObject', 's3:GetObjectVersion'],
        [`${name}/Bucket/results/*`]: ['s3:PutObject'],
        [`${name}/Key`]: [
          'kms:Decrypt by s3.eu-west-1.amazonaws.com',
          'kms:GenerateDataKey by s3.eu-west-1.amazonaws.com',
        ],
      };
      expect(await reachOf(world.resource(`${stack}/${name}Consumer/Role`), world)).toEqual({
        '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        ...Object.fromEntries(
          Object.entries(expected).map(([path, actions]) => [`${stack}/${path}`, actions]),
        ),
      });
    });

    it('and there are no other roles', () => {
      const roles = world.ofType('AWS::IAM::Role').filter(({ stackName }) => stackName === stack);
      expect(roles.map(({ path }) => path)).toEqual([
        `${stack}/DirectConsumer/Role`,
        `${stack}/FannedOutConsumer/Role`,
      ]);
    });
  });
});

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Principal?: { Service?: string };
  Condition?: Record<string, unknown>;
}

/** What is changed here, of the properties that resources have. */
interface Properties {
  readonly PolicyDocument: { Statement: Statement[] };
  readonly KeyPolicy: { Statement: Statement[] };
  BucketEncryption?: unknown;
  NotificationConfiguration?: Record<string, unknown>;
}

describe('a broken template is found', () => {
  const stacks = synthesizedStacks('dev');

  /** The app as it is, but for what was done to one resource of file-uploads. */
  function worldWith(path: string, tamper: (properties: Properties) => void): PolicyWorld {
    const { logicalId } = dev.resource(`${stack}/${path}`);
    return new PolicyWorld(
      stacks.map(each => {
        const original = each.template.Resources[logicalId];
        if (each.name !== stack || !original) return each;
        const properties = structuredClone(original.Properties) as object as Properties;
        tamper(properties);
        const tampered = { [logicalId]: { ...original, Properties: properties } } as object;
        return {
          ...each,
          template: { ...each.template, Resources: { ...each.template.Resources, ...tampered } },
        };
      }),
    );
  }

  const ofS3 = ({ Statement: statements }: { Statement: Statement[] }): Statement => {
    const found = statements.find(({ Principal }) => Principal?.Service === s3);
    if (!found) throw new Error('No statement is for S3.');
    return found;
  };
  const toQueue = /Direct\/Bucket → .*\/DirectUploads\/Queue$/;
  const toTopic = /FannedOut\/Bucket → .*\/Uploads\/Topic$/;
  const toLog = /Direct\/Bucket → .*\/AccessLogs$/;

  it.each([
    {
      how: 'the queue lets S3 in for any account',
      edge: toQueue,
      path: 'DirectUploads/Queue/Policy',
      tamper: (it: Properties) => delete ofS3(it.PolicyDocument).Condition?.StringEquals,
      finds: /^open: s3.amazonaws.com for arn:aws:s3:::file-uploads-direct-.*: sqs:SendMessage/,
    },
    {
      how: 'the queue lets S3 in for any bucket',
      edge: toQueue,
      path: 'DirectUploads/Queue/Policy',
      tamper: (it: Properties) => delete ofS3(it.PolicyDocument).Condition?.ArnLike,
      finds: /^open: s3.amazonaws.com for arn:aws:s3:::neighbour: sqs:SendMessage/,
    },
    {
      how: 'the key has the statement without conditions that CDK adds for its own notifications',
      edge: toQueue,
      path: 'QueueKey',
      tamper: (it: Properties) => delete ofS3(it.KeyPolicy).Condition,
      finds: /^open: s3.amazonaws.com for nobody: kms:Decrypt/,
    },
    {
      how: 'the key does not let S3 in',
      edge: toQueue,
      path: 'QueueKey',
      tamper: (it: Properties) => {
        it.KeyPolicy.Statement = it.KeyPolicy.Statement.filter(each => each !== ofS3(it.KeyPolicy));
      },
      finds: /^blocked: s3.amazonaws.com .*: kms:GenerateDataKey on file-uploads\/QueueKey/,
    },
    {
      how: 'the topic does not let S3 in',
      edge: toTopic,
      path: 'Uploads/Topic/Policy',
      tamper: (it: Properties) => {
        it.PolicyDocument.Statement = it.PolicyDocument.Statement.filter(
          each => each !== ofS3(it.PolicyDocument),
        );
      },
      finds: /^blocked: s3.amazonaws.com .*: sns:Publish/,
    },
    {
      how: 'the topic takes what comes without TLS',
      edge: toTopic,
      path: 'Uploads/Topic/Policy',
      tamper: (it: Properties) => {
        it.PolicyDocument.Statement = it.PolicyDocument.Statement.filter(({ Effect }) => Effect !== 'Deny');
      },
      finds: /^plaintext: s3.amazonaws.com .*: sns:Publish/,
    },
    {
      how: 'the log bucket is under a key of KMS',
      edge: toLog,
      path: 'AccessLogs',
      tamper: (it: Properties) => {
        it.BucketEncryption = {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
        };
      },
      finds: /^blocked: .*AccessLogs: S3 writes no access logs into a bucket whose default is a key of KMS/,
    },
  ])('when $how', async ({ edge, path, tamper, finds }) => {
    const edges = deliveryEdges(worldWith(path, tamper)).filter(({ name }) => edge.test(name));
    expect(edges).toHaveLength(1);

    expect((await Promise.all(edges.map(each => each.faults()))).flat()).toContainEqual(
      expect.stringMatching(finds),
    );
  });

  it('when a bucket tells of itself in a way that is not known', async () => {
    const world = worldWith('Direct/Bucket', it => {
      it.NotificationConfiguration = { CarrierPigeonConfiguration: { EventBridgeEnabled: true } };
    });
    const edges = deliveryEdges(world).filter(({ name }) => name.endsWith('→ CarrierPigeonConfiguration'));

    expect((await Promise.all(edges.map(edge => edge.faults()))).flat()).toEqual([
      expect.stringMatching(/^unseen: .*Direct\/Bucket → CarrierPigeonConfiguration/),
    ]);
  });

  it('when a bucket takes requests without TLS', async () => {
    const world = worldWith('Direct/Bucket/Policy', it => {
      it.PolicyDocument.Statement = [];
    });

    expect(await plainHttpFaults(world.resource(direct.path), world)).toContainEqual(
      expect.stringMatching(/^plaintext: an administrator .*: s3:PutObject on file-uploads\/Direct\/Bucket/),
    );
  });

  it('when a role may use the key of a bucket other than through S3', async () => {
    const world = worldWith('DirectConsumer/Role/DefaultPolicy', it => {
      for (const statement of it.PolicyDocument.Statement) delete statement.Condition;
    });
    const reach = await reachOf(world.resource(`${stack}/DirectConsumer/Role`), world);

    expect(reach[`${stack}/Direct/Key`]).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  });
});
