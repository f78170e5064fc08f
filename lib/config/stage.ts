import leven from 'leven';
import * as v from 'valibot';

function wholeNumber(smallest: number, largest: number) {
  const allowed = `a whole number from ${smallest.toLocaleString('en')} to ${largest.toLocaleString('en')}`;
  return v.pipe(
    v.number(allowed),
    v.integer(allowed),
    v.minValue(smallest, allowed),
    v.maxValue(largest, allowed),
  );
}

function oneOf<const Option extends string | number>(options: readonly Option[]) {
  return v.picklist(options, options.join(', '));
}

/** Days that CloudWatch Logs can keep log events for. */
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Regions that every account has, so that SNS is the same `sns.amazonaws.com` in each. */
const regionsByDefault = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
] as const;

/** A list, which the command line gives as one text: `a@example.com,b@example.com`. */
function listOf<Entry extends v.GenericSchema<unknown, string>>(entry: Entry, allowed: string) {
  return v.pipe(
    v.union(
      [
        v.array(v.unknown()),
        v.pipe(
          v.string(),
          v.transform(text => text.split(',').map(part => part.trim())),
        ),
      ],
      allowed,
    ),
    v.array(entry),
    v.check(entries => new Set(entries).size === entries.length, `${allowed}, each once`),
  );
}

const anEmailAddress = 'an e-mail address such as oncall@example.com';
const emailAddresses = 'e-mail addresses, such as jane@example.com,john@example.com';
const phoneNumbers = 'phone numbers with their country code, such as +491701234567,+15550100';
const webhookUrls = 'URLs such as https://example.com/new-posts';
const endpointUrls =
  'URLs that begin with https://, such as https://events.pagerduty.com/integration/0123/enqueue';
const aSlackChannel = "a Slack workspace's and a channel's id such as T07EA123LEP/C07EZ1ABC23";
const topicArns = 'ARNs of topics such as arn:aws:sns:eu-west-1:111122223333:order-processing-AlarmsTopic';
const aTopicArn = 'the ARN of a standard topic such as arn:aws:sns:eu-west-1:111122223333:orders';
const anHttpsUrl = 'a URL such as https://crm.example.com/user-events';
const aDocsUrl = 'a URL without a slash at the end such as https://git.example.com/messaging/blob/main';
const anOrganization = 'the id of an organization such as o-a1b2c3d4e5';
const accountIds = 'account ids of twelve digits, such as 111122223333,444455556666';
const aParameterName = 'a path such as /messaging/prod/payment-gateway-url';

/** The message of each check is what it allows. */
const stageConfig = v.strictObject({
  stage: oneOf(['dev', 'prod']),

  /** What becomes of tables, keys and logs when their stack is deleted. */
  dataRemoval: oneOf(['destroy', 'retain']),

  /** How long a queue keeps a message that nobody takes; DLQs always keep 14 days, so at most 13 here. */
  messageRetentionInDays: wholeNumber(1, 13),

  /** How long logs are kept: one of the numbers of days that CloudWatch Logs knows. */
  logRetentionInDays: oneOf(logRetentions),
  logLevel: oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR']),

  /** Who encrypts tables: DynamoDB's own key, free of charge, or a key of the account's that it controls and audits. */
  tableEncryption: oneOf(['aws-owned', 'customer-managed']),

  /**
   * Most concurrent invocations that one queue may cause in its consumer, 2 to 1,000.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
   */
  maxConcurrency: wholeNumber(2, 1000),

  /** Requests a second that the HTTP intake takes before it answers 429, and the burst above it. */
  intakeRatePerSecond: wholeNumber(1, 10_000),
  intakeBurst: wholeNumber(1, 5_000),

  /** Addresses that alarms of every system are mailed to, once they confirmed that they want that. */
  alarmEmails: listOf(v.pipe(v.string(emailAddresses), v.email(emailAddresses)), emailAddresses),
  /** Endpoints that alarms of every system are posted to: those of whoever calls people, such as PagerDuty. */
  alarmWebhooks: listOf(
    v.pipe(v.string(endpointUrls), v.url(endpointUrls), v.startsWith('https://', endpointUrls)),
    endpointUrls,
  ),
  /** Slack channel that gets alarms too; one of operations, since an account configures a channel once. */
  alarmChat: v.optional(
    v.pipe(v.string(aSlackChannel), v.regex(/^T[A-Z0-9]+\/[CG][A-Z0-9]+$/, aSlackChannel)),
  ),
  /** Alarm topics whose alarms the channel gets, beside that of operations: `AlarmTopicArn` of each system. */
  alarmChatTopicArns: listOf(
    v.pipe(v.string(topicArns), v.regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}$/, topicArns)),
    topicArns,
  ),
  /** The oldest message in a queue may be this old before an alarm goes off. */
  alarmMessageAgeInSeconds: wholeNumber(60, 1_209_600),
  /** So many messages may wait in a queue for a quarter of an hour before an alarm goes off. */
  alarmBacklog: wholeNumber(1, 10_000_000),
  /** So many messages may come into a queue, or be published to a topic, in a day: more is a spike of cost. */
  alarmMessagesPerDay: wholeNumber(1, 10_000_000_000),
  /** What everything of the stage may cost in a month, in US dollars, before somebody is told. */
  monthlyBudgetInUsd: wholeNumber(1, 10_000_000),

  /**
   * How much is watched: what is lost, given up, late or not handled, or what leads there too, with one page for
   * each fault. CloudWatch charges for alarms beyond the tenth of an account.
   */
  alarms: oneOf(['essential', 'full']),

  /**
   * Whether order-processing moves messages of DLQs back itself, and stops when they return: started by hand,
   * or by itself as soon as there are some.
   */
  redrive: oneOf(['off', 'manual', 'scheduled']),

  /** Whether systems have dashboards: CloudWatch charges for those beyond the third of an account. */
  dashboards: oneOf(['on', 'off']),
  /**
   * Where this repository's files can be read, which alarms and dashboards link to; without it, they name the
   * files.
   */
  docsUrl: v.optional(v.pipe(v.string(aDocsUrl), v.url(aDocsUrl), v.regex(/^https:\/\/.*[^/]$/, aDocsUrl))),

  /**
   * HTTPS endpoint of the CRM that hears of sign-ups: it must confirm the subscription, and verify what it is
   * sent; without it, a receiver of the stack's own does both.
   */
  crmEndpointUrl: v.optional(
    v.pipe(v.string(anHttpsUrl), v.url(anHttpsUrl), v.startsWith('https://', anHttpsUrl)),
  ),

  /** Fewest and most application servers of a web tier; with one, requests fail while it is replaced. */
  minWebServers: wholeNumber(1, 1_000),
  maxWebServers: wholeNumber(1, 1_000),
  /** Fewest and most workers behind a web tier, whose requests cannot wait until one is started. */
  minSearchWorkers: wholeNumber(1, 1_000),
  maxSearchWorkers: wholeNumber(1, 1_000),

  /**
   * Systems Manager parameter that holds the airlines to ask, as JSON, read when the stack is deployed;
   * without it, simulated ones answer.
   */
  airlinesParameter: v.optional(v.pipe(v.string(aParameterName), v.regex(/^\/[\w./-]+$/, aParameterName))),

  /**
   * Address that mails come from, verified in SES; or the Systems Manager parameter that holds it, read when a
   * stack is deployed, which goes before it.
   */
  mailFrom: v.pipe(v.string(anEmailAddress), v.email(anEmailAddress)),
  mailFromParameter: v.optional(v.pipe(v.string(aParameterName), v.regex(/^\/[\w./-]+$/, aParameterName))),

  /** Addresses that each new blog post is mailed to by its topic, once they confirmed that they want that. */
  postEmails: listOf(v.pipe(v.string(emailAddresses), v.email(emailAddresses)), emailAddresses),
  /** Numbers that each new blog post is told to in an SMS, which is paid for. */
  postPhones: listOf(
    v.pipe(v.string(phoneNumbers), v.regex(/^\+[1-9]\d{6,14}$/, phoneNumbers)),
    phoneNumbers,
  ),
  /** Endpoints that each new blog post is posted to, once they confirmed that they want that. */
  postWebhooks: listOf(
    v.pipe(v.string(webhookUrls), v.url(webhookUrls), v.startsWith('https://', webhookUrls)),
    webhookUrls,
  ),

  /**
   * Systems Manager parameter that holds the payment gateway's base URL, read when the stack is
   * deployed; without it, a simulated gateway takes every charge.
   */
  paymentGatewayUrlParameter: v.optional(
    v.pipe(v.string(aParameterName), v.regex(/^\/[\w./-]+$/, aParameterName)),
  ),

  /**
   * ARN of the topic whose events the archive keeps, `OrderPlacedTopicArn` of order-processing; without it,
   * the archive has a topic of its own.
   */
  archivedTopicArn: v.optional(
    v.pipe(v.string(aTopicArn), v.regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}$/, aTopicArn)),
  ),
  /**
   * ARN of the carrier's topic, in another account, that the queue of cross-account-queue is subscribed to;
   * without it, that of cross-account-topic in the same account.
   */
  parcelTopicArn: v.optional(
    v.pipe(v.string(aTopicArn), v.regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}$/, aTopicArn)),
  ),
  /** Accounts that may subscribe queues of theirs to the topic of cross-account-topic. */
  topicGuestAccounts: listOf(v.pipe(v.string(accountIds), v.regex(/^\d{12}$/, accountIds)), accountIds),
  /** Accounts that may send to the queue of cross-account-queue, that may receive from it, that may find its URL. */
  queueSenderAccounts: listOf(v.pipe(v.string(accountIds), v.regex(/^\d{12}$/, accountIds)), accountIds),
  queueReceiverAccounts: listOf(v.pipe(v.string(accountIds), v.regex(/^\d{12}$/, accountIds)), accountIds),
  queueLookupAccounts: listOf(v.pipe(v.string(accountIds), v.regex(/^\d{12}$/, accountIds)), accountIds),
  /** Organization that these accounts must be of; without it, they are let in wherever they belong. */
  guestOrganizationId: v.optional(
    v.pipe(v.string(anOrganization), v.regex(/^o-[a-z0-9]{10,32}$/, anOrganization)),
  ),

  /**
   * Where the topic of cross-region is, and where its events are shown too. Not regions that an account must opt
   * in to: from and to those, SNS delivers under a principal of their own.
   *
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html
   */
  primaryRegion: oneOf(regionsByDefault),
  secondaryRegion: oneOf(regionsByDefault),

  /** How long events wait for others before they are written to the archive, 1 to 15 minutes. */
  archiveBufferInSeconds: wholeNumber(60, 900),
  /** Age at which archived events go to S3 Glacier Instant Retrieval, and to Deep Archive; without it, they do not. */
  archiveInstantRetrievalAfterDays: v.optional(wholeNumber(1, 36_500)),
  archiveDeepArchiveAfterDays: v.optional(wholeNumber(1, 36_500)),
  /** Age at which archived events are deleted. */
  archiveRetentionInDays: wholeNumber(1, 36_500),
  /** How long events of AWS services are kept, and the objects that are among them. */
  serviceEventRetentionInDays: wholeNumber(1, 3_650),
  /** Whether archived events are in a Kinesis data stream too: an on-demand stream costs by the hour. */
  eventStream: oneOf(['none', 'on-demand']),

  /**
   * Whose calls are recorded beside all that manage something: of all queues and topics, or of the DLQs, where
   * messages are that a program should no more touch. CloudTrail charges for each call.
   */
  auditedData: oneOf(['dead-letter-queues', 'queues-and-topics']),
  /** How long what is recorded is kept. */
  auditRetentionInDays: wholeNumber(1, 36_500),
  /** Whether nobody can delete what is recorded before it was there for so long, and whether some still can. */
  auditLock: oneOf(['none', 'governance', 'compliance']),
  auditLockInDays: wholeNumber(1, 36_500),
  /** Age at which what is recorded goes to S3 Glacier Instant Retrieval, and to Deep Archive; without it, it does not. */
  auditInstantRetrievalAfterDays: v.optional(wholeNumber(1, 36_500)),
  auditDeepArchiveAfterDays: v.optional(wholeNumber(1, 36_500)),
  /**
   * Organization whose accounts all are recorded, where the stack is in its management account; without it, the
   * account alone is.
   */
  auditOrganization: v.optional(
    v.pipe(v.string(anOrganization), v.regex(/^o-[a-z0-9]{10,32}$/, anOrganization)),
  ),

  /** What the message broker is; another is another broker, and what is in its queues stays behind. */
  brokerEngine: oneOf(['rabbitmq', 'activemq']),
  /**
   * One node, or several that go on when one fails: three of RabbitMQ, two of ActiveMQ; each costs by the hour.
   */
  broker: oneOf(['single-instance', 'cluster']),

  /** Cost-allocation tags, on every resource. */
  tags: v.record(v.string(), v.pipe(v.string(), v.minLength(1), v.maxLength(256))),
});

/** What holds between values. */
const configured = v.pipe(
  stageConfig,
  v.forward(
    v.partialCheck(
      [['primaryRegion'], ['secondaryRegion']],
      ({ primaryRegion, secondaryRegion }) => primaryRegion !== secondaryRegion,
      'another region than primaryRegion',
    ),
    ['secondaryRegion'],
  ),
);

/** Everything that differs between stages. */
export type StageConfig = v.InferOutput<typeof stageConfig>;

const stages: Readonly<Record<StageConfig['stage'], StageConfig>> = {
  dev: {
    stage: 'dev',
    dataRemoval: 'destroy',
    messageRetentionInDays: 4,
    logRetentionInDays: 7,
    logLevel: 'DEBUG',
    tableEncryption: 'aws-owned',
    maxConcurrency: 5,
    intakeRatePerSecond: 50,
    intakeBurst: 100,
    alarmEmails: [],
    alarmWebhooks: [],
    alarms: 'essential',
    alarmChatTopicArns: [],
    alarmMessageAgeInSeconds: 900,
    alarmBacklog: 1_000,
    alarmMessagesPerDay: 10_000,
    monthlyBudgetInUsd: 200,
    redrive: 'manual',
    dashboards: 'on',
    minWebServers: 1,
    maxWebServers: 2,
    minSearchWorkers: 1,
    maxSearchWorkers: 4,
    mailFrom: 'no-reply@example.com',
    postEmails: [],
    postPhones: [],
    postWebhooks: [],
    archiveBufferInSeconds: 60,
    archiveRetentionInDays: 30,
    serviceEventRetentionInDays: 30,
    eventStream: 'none',
    auditedData: 'dead-letter-queues',
    auditRetentionInDays: 30,
    auditLock: 'none',
    auditLockInDays: 1,
    brokerEngine: 'rabbitmq',
    broker: 'single-instance',
    topicGuestAccounts: [],
    queueSenderAccounts: [],
    queueReceiverAccounts: [],
    queueLookupAccounts: [],
    primaryRegion: 'eu-west-1',
    secondaryRegion: 'eu-central-1',
    tags: { stage: 'dev', 'cost-center': 'messaging' },
  },
  prod: {
    stage: 'prod',
    dataRemoval: 'retain',
    messageRetentionInDays: 7,
    logRetentionInDays: 90,
    logLevel: 'INFO',
    tableEncryption: 'customer-managed',
    maxConcurrency: 50,
    intakeRatePerSecond: 500,
    intakeBurst: 1_000,
    alarmEmails: [],
    alarmWebhooks: [],
    alarms: 'full',
    alarmChatTopicArns: [],
    alarmMessageAgeInSeconds: 300,
    alarmBacklog: 10_000,
    alarmMessagesPerDay: 5_000_000,
    monthlyBudgetInUsd: 2_000,
    redrive: 'manual',
    dashboards: 'on',
    minWebServers: 2,
    maxWebServers: 20,
    minSearchWorkers: 2,
    maxSearchWorkers: 50,
    mailFrom: 'no-reply@example.com',
    mailFromParameter: '/messaging/prod/mail-from',
    postEmails: [],
    postPhones: [],
    postWebhooks: [],
    archiveBufferInSeconds: 300,
    archiveInstantRetrievalAfterDays: 90,
    archiveDeepArchiveAfterDays: 365,
    archiveRetentionInDays: 2_557,
    serviceEventRetentionInDays: 365,
    eventStream: 'none',
    auditedData: 'queues-and-topics',
    auditRetentionInDays: 2_557,
    auditLock: 'governance',
    auditLockInDays: 365,
    auditInstantRetrievalAfterDays: 90,
    auditDeepArchiveAfterDays: 730,
    topicGuestAccounts: [],
    queueSenderAccounts: [],
    queueReceiverAccounts: [],
    queueLookupAccounts: [],
    primaryRegion: 'eu-west-1',
    secondaryRegion: 'eu-central-1',
    paymentGatewayUrlParameter: '/messaging/prod/payment-gateway-url',
    brokerEngine: 'rabbitmq',
    broker: 'cluster',
    tags: { stage: 'prod', 'cost-center': 'messaging' },
  },
};

/** Thrown when the chosen stage, or a value given for it, cannot be. */
export class StageConfigError extends Error {
  override readonly name = 'StageConfigError';
}

/** Context values by their names, as `-c name=value` gives them, and all others that the app was given. */
export type Context = Readonly<Record<string, unknown>>;

/**
 * The configuration of the stage that the context names, `dev` by default. Any value but `stage` and
 * `tags` can be given anew in the context: `-c stage=prod -c alarmEmails=oncall@example.com`.
 *
 * @throws StageConfigError naming property, value and what is allowed.
 */
export function stageConfigFrom(context: Context): StageConfig {
  refuseMisspelt(Object.keys(context));
  const stage = context.stage ?? 'dev';
  const defaults = Object.hasOwn(stages, String(stage)) ? stages[stage as StageConfig['stage']] : undefined;
  if (!defaults) {
    throw new StageConfigError(
      `stage is "${stage}"; allowed: ${Object.keys(stages).join(', ')}. Give one with -c stage=dev.`,
    );
  }
  const given = Object.keys(stageConfig.entries)
    .filter(name => name !== 'stage' && name !== 'tags')
    .flatMap(name => {
      const value = context[name];
      return value === undefined ? [] : [[name, inItsType(name as keyof StageConfig, value)]];
    });
  const result = v.safeParse(
    configured,
    { ...defaults, ...Object.fromEntries(given) },
    { abortPipeEarly: true },
  );
  if (result.success) return result.output;
  const faults = result.issues.map(
    // The input of what holds between values is the whole configuration.
    issue =>
      `${v.getDotPath(issue)} is ${JSON.stringify(issue.path?.at(-1)?.value)}; allowed: ${issue.message}`,
  );
  throw new StageConfigError(
    `Configuration of stage ${stage}: ${faults.join('. ')}. Give another value with -c name=value.`,
  );
}

/** Whether a context value of this name is one of a stage's, or names the stage. */
export function isStageValue(name: string): boolean {
  return name in stageConfig.entries && name !== 'tags';
}

/**
 * A value under a name that is nearly one of a stage's would change nothing, and nobody would notice. Others that
 * are none are left alone: the context holds what CDK, its libraries and a person's `~/.cdk.json` put there.
 */
function refuseMisspelt(given: readonly string[]): void {
  const names = Object.keys(stageConfig.entries).filter(isStageValue);
  for (const name of given) {
    if (isStageValue(name)) continue;
    const meant = names.find(candidate => isNearly(name, candidate));
    if (meant === undefined) continue;
    throw new StageConfigError(
      `${name} is no value of a stage. Did you mean ${meant}? lib/config/stage.ts has all of them.`,
    );
  }
}

/** Whether two names differ in a letter, long ones in two, or in the way in which their words are joined. */
function isNearly(name: string, candidate: string): boolean {
  const [given, known] = [name, candidate].map(text => text.toLowerCase().replace(/[^a-z]/g, '')) as [
    string,
    string,
  ];
  return leven(given, known) <= (known.length < 8 ? 1 : 2);
}

/** The command line gives every value as text: what is none as such, an account id is one, may be a number. */
function inItsType(name: keyof StageConfig, value: unknown): unknown {
  const isNumeric = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
  return isNumeric && !v.is(stageConfig.entries[name], value) ? Number(value) : value;
}
