import { Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, type IDependable } from 'constructs';
import type { EventSchemas } from '../../contracts/events.ts';
import type { AccessLogBucket } from './access-log-bucket.ts';
import { bucketName } from './bucket-name.ts';
import { type DeliverySource, deliveredFor } from './delivery-source.ts';
import type { DurableQueue } from './durable-queue.ts';
import type { FanOutTopic } from './fan-out-topic.ts';
import { placeName } from './place-name.ts';
import { validateProps, within } from './validation.ts';

/** A storage class, and the age at which objects go there. */
export interface StorageTransition {
  readonly storageClass: s3.StorageClass;
  readonly after: Duration;
}

/** How long nobody can delete a version, or write over it, from when it comes. */
export interface ObjectLock {
  /** `governance`: but who has leave to go round it. `compliance`: nobody, not even the account's root. */
  readonly mode: 'governance' | 'compliance';
  readonly duration: Duration;
}

export interface ObjectBucketProps {
  /** Where S3 writes who did what with the bucket. */
  readonly accessLogs: AccessLogBucket;

  /**
   * How long objects are kept, 1 day to 100 years. After that, each is a version that was deleted.
   *
   * @default - until somebody deletes them
   */
  readonly retention?: Duration;

  /**
   * How long versions are kept that were overwritten or deleted, 1 day to 100 years.
   *
   * @default Duration.days(30)
   */
  readonly oldVersionRetention?: Duration;

  /**
   * Cheaper storage classes that objects go to as they age, the youngest first. S3 leaves those below
   * 128 KB where they are.
   *
   * @default - they stay in S3 Standard
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
   */
  readonly transitions?: readonly StorageTransition[];

  /**
   * Lock on every version that comes; not longer than the retention, which cannot end before it.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
   */
  readonly lock?: ObjectLock | undefined;

  /**
   * Whether whoever IAM lets may delete objects. If not, the bucket's own policy refuses it to everybody, and
   * the retention alone clears them away.
   *
   * @default true
   */
  readonly deletable?: boolean;

  /**
   * Whether S3 asks KMS for one key for many objects, which costs less. Not where a service encrypts in a
   * context of its own, by which the key knows it.
   *
   * @default true
   */
  readonly bucketKey?: boolean;

  /**
   * What becomes of the bucket when its stack is deleted. S3 deletes a bucket only if it is empty.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What a bucket tells of: objects that come, and objects, versions or delete markers that go. */
const toldEvents = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] as const;
export type ToldEvent = (typeof toldEvents)[number];

interface NotificationConfigurations {
  readonly queues?: s3.CfnBucket.QueueConfigurationProperty[];
  readonly topics?: s3.CfnBucket.TopicConfigurationProperty[];
}

/**
 * Bucket that is private, takes requests by TLS only, encrypts under a key of its own, and keeps for some
 * time what is overwritten or deleted.
 *
 * It tells of its objects by its own notification configuration. S3 tries each destination before it makes
 * the bucket, so policies are there first, and name the bucket by a name that they know.
 *
 * @throws PropsError when a prop is out of range, or the bucket's name is too long.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html
 */
export class ObjectBucket extends Construct {
  readonly bucket: s3.Bucket;
  readonly #key: kms.Key;
  /** The bucket as what services deliver for; does not refer to it, so that it can wait for who says it. */
  readonly #source: DeliverySource;
  readonly #toldPrefixes: string[] = [];
  readonly #queueConfigurations: s3.CfnBucket.QueueConfigurationProperty[] = [];
  readonly #topicConfigurations: s3.CfnBucket.TopicConfigurationProperty[] = [];
  #tellsEventBridge = false;

  constructor(scope: Construct, id: string, props: ObjectBucketProps) {
    const oldVersionRetention = props.oldVersionRetention ?? Duration.days(30);
    const transitions = props.transitions ?? [];
    const ages = [...transitions.map(({ after }) => after), ...(props.retention ? [props.retention] : [])];
    validateProps(scope, id, [
      {
        prop: 'retention',
        value: `${props.retention?.toDays()} days`,
        holds: within(props.retention?.toDays(), 1, 36_500),
        allowed: '1 day to 100 years',
        remedy: 'Leave it out to keep objects until somebody deletes them.',
      },
      {
        prop: 'transitions',
        value: transitions.map(({ after }) => `${after.toDays()} days`).join(', '),
        holds: ages.every((age, index) => age.toDays() > (ages[index - 1]?.toDays() ?? 0)),
        allowed: 'whole days from 1 on, each later than the one before, and all before the retention ends',
        remedy: 'S3 refuses a transition of what it has deleted.',
      },
      {
        prop: 'lock',
        value: `${props.lock?.duration.toDays()} days`,
        holds: within(props.lock?.duration.toDays(), 1, props.retention?.toDays() ?? 36_500),
        allowed: '1 day to 100 years, and not longer than the retention',
        remedy: 'S3 expires no version that is locked.',
      },
      {
        prop: 'oldVersionRetention',
        value: `${oldVersionRetention.toDays()} days`,
        holds: within(oldVersionRetention.toDays(), 1, 36_500),
        allowed: '1 day to 100 years',
        remedy: 'Thirty days are enough to notice most mistakes.',
      },
    ]);
    super(scope, id);
    const stack = Stack.of(this);
    const name = bucketName(scope, id);
    this.#source = {
      sourceArn: stack.formatArn({ service: 's3', region: '', account: '', resource: name }),
      sourceAccount: stack.account,
    };
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.#key = new kms.Key(this, 'Key', {
      description: `Encrypts the objects of ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    this.bucket = new s3.Bucket(this, 'Bucket', {
      bucketName: name,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.#key,
      bucketKeyEnabled: props.bucketKey ?? true,
      ...(props.lock && { objectLockEnabled: true, objectLockDefaultRetention: retentionOf(props.lock) }),
      enforceSSL: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      lifecycleRules: [
        ...(props.retention ? [{ id: 'Expire', expiration: props.retention }] : []),
        {
          id: 'ExpireOldVersions',
          noncurrentVersionExpiration: oldVersionRetention,
          expiredObjectDeleteMarker: true,
        },
        { id: 'AbortUploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
        ...(transitions.length === 0
          ? []
          : [
              {
                id: 'Transition',
                transitions: transitions.map(({ storageClass, after }) => ({
                  storageClass,
                  transitionAfter: after,
                })),
              },
            ]),
      ],
      // The types of aws-cdk-lib are not exact about optional properties.
      serverAccessLogsBucket: props.accessLogs as s3.IBucket,
      serverAccessLogsPrefix: `${placeName(scope, id)}/`,
      removalPolicy,
    });
    // `Bucket` takes this prop only with a prefix that CloudFormation completes, to a name that it does not tell.
    this.#cfnBucket.bucketNamespace = s3.BucketNamespace.ACCOUNT_REGIONAL;
    if (props.deletable === false) this.#refuseDeletion();
  }

  /**
   * Tells a queue of the objects whose keys begin with a prefix.
   *
   * @param told what of them; that they come and that they go, by default.
   */
  tellQueue(queue: DurableQueue, prefix: string, told: readonly ToldEvent[] = toldEvents): void {
    this.#tell(queue.admit('s3.amazonaws.com', this.#source), prefix, {
      queues: told.map(event => ({
        event,
        queue: queue.queue.queueArn,
        filter: beginningWith(prefix),
      })),
    });
  }

  /** Tells a topic of the objects whose keys begin with a prefix, and through it whoever subscribed. */
  tellTopic(topic: FanOutTopic<EventSchemas>, prefix: string): void {
    this.#tell(topic.admit('s3.amazonaws.com', this.#source), prefix, {
      topics: toldEvents.map(event => ({
        event,
        topic: topic.topic.topicArn,
        filter: beginningWith(prefix),
      })),
    });
  }

  /** Tells EventBridge of all objects: rules say whom that is for, and S3 needs nobody's leave for it. */
  tellEventBridge(): void {
    this.#tellsEventBridge = true;
    this.#configureNotifications();
  }

  /**
   * Lets CloudTrail write what a trail records under some folders, and encrypt it.
   *
   * @returns what the trail depends on: CloudTrail tries the bucket before it makes the trail.
   * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
   * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
   */
  admitTrail(trailArn: string, folders: readonly string[]): IDependable {
    const principals = [new iam.ServicePrincipal('cloudtrail.amazonaws.com')];
    const conditions = deliveredFor({ sourceArn: trailArn });
    this.#key.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['kms:GenerateDataKey*'],
        principals,
        resources: ['*'],
        conditions: { ...conditions, StringEquals: { 'kms:EncryptionContext:aws:cloudtrail:arn': trailArn } },
      }),
    );
    this.#key.addToResourcePolicy(
      new iam.PolicyStatement({ actions: ['kms:DescribeKey'], principals, resources: ['*'], conditions }),
    );
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['s3:GetBucketAcl'],
        principals,
        resources: [this.bucket.bucketArn],
        conditions,
      }),
    );
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['s3:PutObject'],
        principals,
        resources: folders.map(folder => this.bucket.arnForObjects(`${folder}*`)),
        conditions: { ...conditions, StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
      }),
    );
    const { policy } = this.bucket;
    if (!policy) throw new Error(`${this.node.path}: the bucket has no policy`);
    return policy;
  }

  /**
   * Lets a principal read every version of the objects whose keys begin with a prefix, and learn that one
   * is not there: without leave to list a bucket, S3 says "access denied" of what is gone.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  grantRead(grantee: iam.IGrantable, prefix: string): void {
    this.#grantObjects(grantee, ['s3:GetObject', 's3:GetObjectVersion'], prefix);
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket', 's3:ListBucketVersions'],
      resourceArns: [this.bucket.bucketArn],
    });
    this.#grantKey(grantee, 'kms:Decrypt');
  }

  /** Lets a principal write objects whose keys begin with a prefix. */
  grantPut(grantee: iam.IGrantable, prefix: string): void {
    this.#grantObjects(grantee, ['s3:PutObject'], prefix);
    // With a bucket key, S3 reads the data key that it made for the bucket before.
    this.#grantKey(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
  }

  /**
   * Lets the role of a service that writes in parts, as Data Firehose and Athena do, write objects whose keys
   * begin with one of some prefixes, and read them.
   *
   * @see https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
   */
  grantDelivery(grantee: iam.IGrantable, ...prefixes: readonly string[]): void {
    for (const prefix of prefixes) {
      this.#grantObjects(grantee, ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], prefix);
    }
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      resourceArns: [this.bucket.bucketArn],
    });
    this.#grantKey(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
  }

  #refuseDeletion(): void {
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'NobodyDeletes',
        effect: iam.Effect.DENY,
        actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention'],
        principals: [new iam.AnyPrincipal()],
        resources: [this.bucket.arnForObjects('*')],
      }),
    );
  }

  get #cfnBucket(): s3.CfnBucket {
    return this.bucket.node.defaultChild as s3.CfnBucket;
  }

  /** @throws PropsError when it is not clear which destination an object is told to. */
  #tell(admission: IDependable, prefix: string, added: NotificationConfigurations): void {
    const other = this.#toldPrefixes.find(told => told.startsWith(prefix) || prefix.startsWith(told));
    validateProps(this, 'notifications', [
      {
        prop: 'prefix',
        value: prefix,
        holds: /.\/$/.test(prefix),
        allowed: 'a folder such as incoming/',
        remedy: 'Results go to another folder, so that they are not told of.',
      },
      {
        prop: 'prefix',
        value: prefix,
        holds: other === undefined,
        allowed: `none that overlaps with ${other}`,
        remedy: 'S3 tells of an object to one destination: let that be a topic, and subscribe to it.',
      },
    ]);
    this.#toldPrefixes.push(prefix);
    this.#queueConfigurations.push(...(added.queues ?? []));
    this.#topicConfigurations.push(...(added.topics ?? []));
    this.#configureNotifications();
    this.bucket.node.addDependency(admission);
  }

  #configureNotifications(): void {
    const [queueConfigurations, topicConfigurations] = [this.#queueConfigurations, this.#topicConfigurations];
    this.#cfnBucket.notificationConfiguration = {
      ...(queueConfigurations.length > 0 && { queueConfigurations }),
      ...(topicConfigurations.length > 0 && { topicConfigurations }),
      ...(this.#tellsEventBridge && { eventBridgeConfiguration: { eventBridgeEnabled: true } }),
    };
  }

  #grantObjects(grantee: iam.IGrantable, actions: string[], prefix: string): void {
    const objects = `${prefix}*`;
    iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.bucket.arnForObjects(objects)] });
    const { grantPrincipal } = grantee;
    if (!Construct.isConstruct(grantPrincipal)) return;
    const bucketId = Stack.of(this).getLogicalId(this.#cfnBucket);
    Validations.of(grantPrincipal).acknowledge({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/${objects}]`,
      reason: `All objects${prefix && ` under ${prefix}`}, whose names are not known before they are there`,
    });
  }

  /** The key opens what S3 hands out, and nothing that was got at in another way. */
  #grantKey(grantee: iam.IGrantable, ...actions: string[]): void {
    iam.Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [this.#key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
    });
  }
}

function retentionOf({ mode, duration }: ObjectLock): s3.ObjectLockRetention {
  return mode === 'compliance'
    ? s3.ObjectLockRetention.compliance(duration)
    : s3.ObjectLockRetention.governance(duration);
}

function beginningWith(prefix: string): s3.CfnBucket.NotificationFilterProperty {
  return { s3Key: { rules: [{ name: 'prefix', value: prefix }] } };
}
