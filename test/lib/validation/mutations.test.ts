import { Token } from 'aws-cdk-lib';
import type { AppStack } from '../../../lib/validation/delivery/app/deployed-app.ts';
import { proveDeliveries } from '../../../lib/validation/delivery/delivery-proof.ts';
import { messagingRules } from '../../../lib/validation/messaging-rules.ts';
import { everyDelivery } from '../../support/delivery/every-delivery.ts';
import { pathsOf } from '../../support/policy/synthesized-world.ts';
import { synthesizedApp } from '../../support/synthesized-app.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Principal?: unknown;
  Resource?: unknown;
  Condition?: Record<string, unknown>;
}

/** Properties of a resource, as far as mutations look into them. */
type Properties = Record<string, unknown> & {
  readonly PolicyDocument: { Statement: Statement[] };
  readonly KeyPolicy: { Statement: Statement[] };
  readonly AssumeRolePolicyDocument: { Statement: Statement[] };
};

/** What is done to one resource; a mutation that takes the resource away answers `'remove'`. */
type Breaks = (properties: Properties) => unknown;

interface Mutation {
  readonly what: string;
  /** Construct path of what is changed; of the template of every kind of delivery, the logical id. */
  readonly at: string;
  readonly caughtBy: string;
  readonly breaks: Breaks;
}

function stacksOf(
  stage: 'dev' | 'prod',
  context: Readonly<Record<string, unknown>> = {},
): readonly AppStack[] {
  const app = synthesizedApp(stage, context);
  return app.stacks.map(stack => ({
    name: stack.stackName,
    template: app.template(stack.stackName),
    ...(!Token.isUnresolved(stack.region) && { region: stack.region }),
    paths: pathsOf(stack),
  }));
}

const sound: readonly AppStack[] = [
  ...stacksOf('dev', { alarms: 'full' }),
  { name: 'all', template: everyDelivery(), paths: {} },
];

/** The stacks, one resource of them changed. */
function broken({ at, breaks }: Mutation): readonly AppStack[] {
  const stackName = at.split('/')[0];
  return sound.map(stack => {
    if (stack.name !== stackName) return stack;
    const template = structuredClone(stack.template);
    const resources = (template.Resources ?? {}) as object as Record<string, { Properties: Properties }>;
    const id = Object.keys(resources).find(key => (stack.paths?.[key] ?? `all/${key}`) === at);
    const resource = resources[id ?? ''];
    if (!id || !resource) throw new Error(`${at} is not a resource of ${stack.name}`);
    if (breaks(resource.Properties) === 'remove') delete resources[id];
    return { ...stack, template };
  });
}

/** Names of the rules that find something. */
function caughtBy(stacks: readonly AppStack[]): readonly string[] {
  const kinds = proveDeliveries(stacks).flatMap(({ findings }) =>
    findings.map(({ kind }) => `Delivery::${kind[0]?.toUpperCase()}${kind.slice(1)}`),
  );
  const rules = stacks
    .filter(({ name }) => name !== 'all')
    .flatMap(({ template }) =>
      messagingRules
        .filter(rule => rule.findings(template).length > 0)
        .map(rule => `Messaging::${rule.name}`),
    );
  return [...new Set([...kinds, ...rules])];
}

const set =
  (changes: Readonly<Record<string, unknown>>): Breaks =>
  properties =>
    void Object.assign(properties, changes);
const unset =
  (name: string): Breaks =>
  properties =>
    void delete properties[name];
const remove: Breaks = () => 'remove';
const setIn =
  (name: string, changes: Readonly<Record<string, unknown>>): Breaks =>
  properties =>
    void Object.assign(properties[name] as object, changes);

/** Changes the text of a definition, wherever it stands between what the deployment fills in. */
const redefine =
  (found: string, instead: string): Breaks =>
  properties => {
    const text = JSON.stringify(properties.DefinitionString);
    const [before, after] = [found, instead].map(part => JSON.stringify(part).slice(1, -1)) as [
      string,
      string,
    ];
    if (!text.includes(before)) throw new Error(`The definition has no ${found}`);
    properties.DefinitionString = JSON.parse(text.replace(before, after));
  };

type DocumentName = 'PolicyDocument' | 'KeyPolicy' | 'AssumeRolePolicyDocument';

/** The first statement about an action. */
function about({ Statement }: { Statement: Statement[] }, action: string, effect: string): Statement {
  const found = Statement.find(
    statement => statement.Effect === effect && [statement.Action].flat().includes(action),
  );
  if (!found) throw new Error(`No statement is about ${action}: ${JSON.stringify(Statement)}`);
  return found;
}

const drop =
  (document: DocumentName, action: string, effect = 'Allow'): Breaks =>
  ({ [document]: policy }) => {
    const statement = about(policy, action, effect);
    policy.Statement = policy.Statement.filter(other => other !== statement);
  };
const change =
  (document: DocumentName, action: string, changes: Partial<Statement>, effect = 'Allow'): Breaks =>
  ({ [document]: policy }) =>
    void Object.assign(about(policy, action, effect), changes);
const uncondition =
  (document: DocumentName, action: string): Breaks =>
  ({ [document]: policy }) =>
    void delete about(policy, action, 'Allow').Condition;
const add =
  (statement: Statement): Breaks =>
  ({ PolicyDocument }) =>
    void PolicyDocument.Statement.push(statement);

const isBudgets = (principal: unknown) => JSON.stringify(principal)?.includes('budgets.amazonaws.com');

const orders = 'order-processing';
const ledger = 'order-ledger';
const mapping = `${orders}/PaymentConsumer/Function/SqsEventSource:orderprocessingPaymentQueue03D978EA`;

const mutations: readonly Mutation[] = [
  // Who may deliver where
  {
    what: "file an archive's events where its role may not write",
    at: 'event-archive/Archive/Stream',
    caughtBy: 'Delivery::Blocked',
    breaks: setIn('ExtendedS3DestinationConfiguration', { Prefix: 'orders/!{timestamp:yyyy}/' }),
  },
  {
    what: "take an archive's role from SNS",
    at: 'event-archive/ArchiveSubscription/Role/DefaultPolicy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'firehose:PutRecord'),
  },
  {
    what: 'drop the policy of a queue',
    at: `${orders}/Payment/Queue/Policy`,
    caughtBy: 'Delivery::Blocked',
    breaks: remove,
  },
  {
    what: 'drop the statement that lets SNS in',
    at: `${orders}/Inventory/Queue/Policy`,
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'sqs:SendMessage'),
  },
  {
    what: "drop SNS from the policy of a subscription's DLQ",
    at: `${orders}/Payment/UndeliveredOrderPlaced/Policy`,
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'sqs:SendMessage'),
  },
  {
    what: 'drop SNS from the queue of another region',
    at: 'cross-region-secondary/Shown/Queue/Policy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'sqs:SendMessage'),
  },
  {
    what: 'drop SNS from the DLQ that a subscription of another region has here',
    at: 'cross-region-primary/Prices/UndeliveredInSecondary/Policy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'sqs:SendMessage'),
  },
  {
    what: "drop SNS from the key of another region's queue",
    at: 'cross-region-secondary/QueueKey',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('KeyPolicy', 'kms:Decrypt'),
  },
  {
    what: "drop SNS from the queues' key",
    at: `${orders}/QueueKey`,
    caughtBy: 'Delivery::Blocked',
    breaks: drop('KeyPolicy', 'kms:Decrypt'),
  },
  {
    what: 'let SNS decrypt, and not encrypt',
    at: `${orders}/QueueKey`,
    caughtBy: 'Delivery::Blocked',
    breaks: change('KeyPolicy', 'kms:Decrypt', { Action: 'kms:Decrypt' }),
  },
  {
    what: "drop CloudWatch from the alarms' key",
    at: `${orders}/Alarms/Key`,
    caughtBy: 'Delivery::Blocked',
    breaks: drop('KeyPolicy', 'kms:Decrypt'),
  },
  {
    what: "drop CloudWatch from the alarms' topic",
    at: 'private-messaging/Alarms/Topic/Policy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'sns:Publish'),
  },
  {
    what: "drop AWS Budgets from the alarms' key",
    at: 'operations/Alarms/Key',
    caughtBy: 'Delivery::Blocked',
    breaks: ({ KeyPolicy }) => {
      KeyPolicy.Statement = KeyPolicy.Statement.filter(({ Principal }) => !isBudgets(Principal));
    },
  },
  {
    what: "drop AWS Budgets from the alarms' topic",
    at: 'operations/Alarms/Topic/Policy',
    caughtBy: 'Delivery::Blocked',
    breaks: ({ PolicyDocument }) => {
      PolicyDocument.Statement = PolicyDocument.Statement.filter(({ Principal }) => !isBudgets(Principal));
    },
  },
  {
    what: 'let budgets of any account tell of alarms',
    at: 'operations/Alarms/Topic/Policy',
    caughtBy: 'Delivery::Open',
    breaks: ({ PolicyDocument }) => {
      for (const statement of PolicyDocument.Statement) {
        if (isBudgets(statement.Principal)) delete statement.Condition;
      }
    },
  },
  {
    what: 'ask of SNS the account that it does not send',
    at: `${orders}/Payment/Queue/Policy`,
    caughtBy: 'Delivery::Blocked',
    breaks: change('PolicyDocument', 'sqs:SendMessage', {
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }),
  },
  {
    what: 'let in another topic than the one that is subscribed to',
    at: `${orders}/Shipping/Queue/Policy`,
    caughtBy: 'Delivery::Blocked',
    breaks: change('PolicyDocument', 'sqs:SendMessage', {
      Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:111122223333:other' } },
    }),
  },
  {
    what: "drop S3 from a queue's policy",
    at: 'file-uploads/DirectUploads/Queue/Policy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'sqs:SendMessage'),
  },
  {
    what: "drop S3 from a topic's policy",
    at: 'file-uploads/Uploads/Topic/Policy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'sns:Publish'),
  },
  {
    what: "drop S3 from a topic's key",
    at: 'file-uploads/TopicKey',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('KeyPolicy', 'kms:Decrypt'),
  },
  {
    what: 'take the grant to invoke from the API',
    at: `${orders}/Intake/Api/POST--orders/PlaceOrderIntegration-Permission`,
    caughtBy: 'Delivery::Blocked',
    breaks: remove,
  },
  {
    what: 'take decryption from a consumer',
    at: `${orders}/PaymentConsumer/Role/DefaultPolicy`,
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'kms:Decrypt'),
  },
  {
    what: 'take deletion from a consumer',
    at: `${orders}/PaymentConsumer/Role/DefaultPolicy`,
    caughtBy: 'Delivery::Blocked',
    breaks: change('PolicyDocument', 'sqs:DeleteMessage', { Action: ['sqs:ReceiveMessage'] }),
  },
  {
    what: "give a consumer's role to another service",
    at: `${orders}/PaymentConsumer/Role`,
    caughtBy: 'Delivery::Blocked',
    breaks: change('AssumeRolePolicyDocument', 'sts:AssumeRole', {
      Principal: { Service: 'ec2.amazonaws.com' },
    }),
  },
  {
    what: 'swap a DLQ',
    at: `${orders}/Payment/Queue`,
    caughtBy: 'Delivery::Blocked',
    breaks: setIn('RedrivePolicy', {
      deadLetterTargetArn: { 'Fn::GetAtt': ['InventoryDlq15B70EB3', 'Arn'] },
    }),
  },
  {
    what: 'let a DLQ admit no queue',
    at: `${orders}/Payment/Dlq`,
    caughtBy: 'Delivery::Blocked',
    breaks: set({ RedriveAllowPolicy: { redrivePermission: 'denyAll' } }),
  },
  {
    what: 'take EventBridge from a queue',
    at: 'all/TasksPolicy',
    caughtBy: 'Delivery::Blocked',
    breaks: remove,
  },
  {
    what: "take the grant to send from a schedule's role",
    at: 'all/DueRole',
    caughtBy: 'Delivery::Blocked',
    breaks: set({ Policies: [] }),
  },
  {
    what: 'take the grant to send from the role of schedules that are made later',
    at: 'delayed-tasks/Scheduler/Role/DefaultPolicy',
    caughtBy: 'Delivery::Blocked',
    breaks: remove,
  },
  {
    what: 'let the role of schedules be assumed for another group',
    at: 'delayed-tasks/Scheduler/Role',
    caughtBy: 'Delivery::Blocked',
    breaks: ({ AssumeRolePolicyDocument: { Statement } }) => {
      const [trust] = Statement;
      if (trust)
        trust.Condition = { ArnLike: { 'aws:SourceArn': 'arn:aws:scheduler:*:*:schedule-group/default' } };
    },
  },
  {
    what: 'let the role of schedules be assumed for any group of any account',
    at: 'delayed-tasks/Scheduler/Role',
    caughtBy: 'Delivery::Open',
    breaks: ({ AssumeRolePolicyDocument: { Statement } }) => {
      delete Statement[0]?.Condition;
    },
  },
  {
    what: 'take the alarm from the DLQ of schedules that are made later',
    at: 'delayed-tasks/SchedulerMonitoring/Undelivered',
    caughtBy: 'Messaging::DeadLetterAlarm',
    breaks: remove,
  },
  {
    what: "take CloudTrail from a trail's key",
    at: 'all/TrailKey',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('KeyPolicy', 'kms:GenerateDataKey*'),
  },
  {
    what: 'take CloudTrail from the key of the bucket that its trails write to',
    at: 'audit/Calls/Key',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('KeyPolicy', 'kms:GenerateDataKey*'),
  },
  {
    what: 'let the key of that bucket take from any trail',
    at: 'audit/Calls/Key',
    caughtBy: 'Delivery::Open',
    breaks: uncondition('KeyPolicy', 'kms:GenerateDataKey*'),
  },
  {
    what: 'take trails from their bucket',
    at: 'audit/Calls/Bucket/Policy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 's3:PutObject'),
  },
  {
    what: 'let any trail write to that bucket',
    at: 'audit/Calls/Bucket/Policy',
    caughtBy: 'Delivery::Open',
    breaks: uncondition('PolicyDocument', 's3:PutObject'),
  },
  {
    what: 'take the log from the role of a trail',
    at: 'audit/Changes/LogRole/DefaultPolicy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'logs:PutLogEvents'),
  },
  {
    what: 'let a queue take from any topic',
    at: `${orders}/Payment/Queue/Policy`,
    caughtBy: 'Delivery::Open',
    breaks: uncondition('PolicyDocument', 'sqs:SendMessage'),
  },
  {
    what: "let a queue's key take from any topic",
    at: `${orders}/QueueKey`,
    caughtBy: 'Delivery::Open',
    breaks: uncondition('KeyPolicy', 'kms:Decrypt'),
  },
  {
    what: "widen a queue's principal to everyone in any account",
    at: `${orders}/Payment/Queue/Policy`,
    caughtBy: 'Delivery::Open',
    breaks: change('PolicyDocument', 'sqs:SendMessage', { Principal: '*', Condition: {} }),
  },
  {
    what: 'let topics of any account in, by their name',
    at: `${orders}/Payment/Queue/Policy`,
    caughtBy: 'Delivery::Open',
    breaks: change('PolicyDocument', 'sqs:SendMessage', {
      Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:order-processing-*' } },
    }),
  },
  {
    what: 'let a bucket of the same name in another account in',
    at: 'file-uploads/DirectUploads/Queue/Policy',
    caughtBy: 'Delivery::Open',
    breaks: ({ PolicyDocument }) =>
      void delete about(PolicyDocument, 'sqs:SendMessage', 'Allow').Condition?.StringEquals,
  },
  {
    what: 'let any API invoke a function',
    at: `${orders}/Intake/Api/POST--orders/PlaceOrderIntegration-Permission`,
    caughtBy: 'Delivery::Open',
    breaks: unset('SourceArn'),
  },
  {
    what: "let a consumer take from others' queues",
    at: `${orders}/PaymentConsumer/Role/DefaultPolicy`,
    caughtBy: 'Delivery::Open',
    breaks: change('PolicyDocument', 'sqs:ReceiveMessage', { Resource: '*' }),
  },
  {
    what: 'let a DLQ admit every queue',
    at: `${orders}/Payment/Dlq`,
    caughtBy: 'Delivery::Open',
    breaks: unset('RedriveAllowPolicy'),
  },
  {
    what: 'let a queue take messages without TLS',
    at: `${orders}/Shipping/Queue/Policy`,
    caughtBy: 'Delivery::Plaintext',
    breaks: drop('PolicyDocument', 'sqs:*', 'Deny'),
  },
  {
    what: 'let a DLQ take calls without TLS',
    at: `${orders}/Payment/Dlq/Policy`,
    caughtBy: 'Delivery::Plaintext',
    breaks: remove,
  },
  {
    what: 'let a topic take messages without TLS',
    at: 'file-uploads/Uploads/Topic/Policy',
    caughtBy: 'Delivery::Plaintext',
    breaks: drop('PolicyDocument', 'sns:Publish', 'Deny'),
  },
  {
    what: 'subscribe a queue of somebody else',
    at: `${orders}/Payment/OfOrderPlaced`,
    caughtBy: 'Delivery::Unseen',
    breaks: set({ Endpoint: 'arn:aws:sqs:eu-west-1:222233334444:theirs' }),
  },
  {
    what: 'compare by an operator that does not exist',
    at: `${orders}/Payment/Queue/Policy`,
    caughtBy: 'Delivery::Unseen',
    breaks: change('PolicyDocument', 'sqs:SendMessage', { Condition: { ArnIs: { 'aws:SourceArn': '*' } } }),
  },
  // Settings
  {
    what: 'cut a visibility timeout',
    at: `${orders}/Payment/Queue`,
    caughtBy: 'Messaging::VisibilityTimeout',
    breaks: set({ VisibilityTimeout: 30 }),
  },
  {
    what: 'give messages up after one receive',
    at: `${orders}/Payment/Queue`,
    caughtBy: 'Messaging::MaxReceiveCount',
    breaks: setIn('RedrivePolicy', { maxReceiveCount: 1 }),
  },
  {
    what: 'keep dead letters for four days',
    at: `${orders}/Payment/Dlq`,
    caughtBy: 'Messaging::DeadLetterRetention',
    breaks: unset('MessageRetentionPeriod'),
  },
  {
    what: 'put a FIFO DLQ behind a standard queue',
    at: `${orders}/Payment/Dlq`,
    caughtBy: 'Messaging::DeadLetterKind',
    breaks: set({ FifoQueue: true }),
  },
  {
    what: 'let a FIFO topic deliver to a standard queue',
    at: `${ledger}/Ledger/Queue`,
    caughtBy: 'Messaging::FifoSubscription',
    breaks: unset('FifoQueue'),
  },
  {
    what: 'keep what a FIFO topic cannot deliver in a standard queue',
    at: `${ledger}/Ledger/UndeliveredOrderEvents`,
    caughtBy: 'Messaging::FifoSubscription',
    breaks: unset('FifoQueue'),
  },
  {
    what: 'let a FIFO topic mail',
    at: `${ledger}/Ledger/OfOrderEvents`,
    caughtBy: 'Messaging::FifoSubscription',
    breaks: set({ Protocol: 'email' }),
  },
  {
    what: 'gather batches from a FIFO queue',
    at: `${ledger}/LedgerConsumer/Function/SqsEventSource:orderledgerLedgerQueue3523FCB9`,
    caughtBy: 'Messaging::BatchWindow',
    breaks: set({ MaximumBatchingWindowInSeconds: 5 }),
  },
  {
    what: 'forget which queue a DLQ is for',
    at: `${orders}/Payment/Dlq`,
    caughtBy: 'Messaging::DeadLetterSource',
    breaks: unset('RedriveAllowPolicy'),
  },
  {
    what: 'take the DLQ from a subscription',
    at: `${orders}/Payment/OfOrderPlaced`,
    caughtBy: 'Messaging::SubscriptionDeadLetter',
    breaks: unset('RedrivePolicy'),
  },
  {
    what: 'point an alarm at the wrong metric',
    at: `${orders}/PaymentMonitoring/DeadLetters`,
    caughtBy: 'Messaging::DeadLetterAlarm',
    breaks: set({ MetricName: 'NumberOfMessagesSent' }),
  },
  {
    what: 'average over dead letters',
    at: `${orders}/PaymentMonitoring/DeadLetters`,
    caughtBy: 'Messaging::DeadLetterAlarmTerms',
    breaks: set({ Statistic: 'Average' }),
  },
  {
    what: 'wait for ten dead letters',
    at: `${orders}/PaymentMonitoring/DeadLetters`,
    caughtBy: 'Messaging::DeadLetterAlarmTerms',
    breaks: set({ Threshold: 10 }),
  },
  {
    what: 'let an alarm tell nobody',
    at: `${orders}/OrderPlacedMonitoring/LostDeliveries`,
    caughtBy: 'Messaging::AlarmActions',
    breaks: set({ AlarmActions: [] }),
  },
  {
    what: 'switch the actions of an alarm off',
    at: `${orders}/PaymentMonitoring/MessageAge`,
    caughtBy: 'Messaging::AlarmActions',
    breaks: set({ ActionsEnabled: false }),
  },
  {
    what: 'tell nobody of the end of an alarm',
    at: `${orders}/OrderPlacedMonitoring/LostDeliveries`,
    caughtBy: 'Messaging::AlarmActions',
    breaks: set({ OKActions: [] }),
  },
  {
    what: 'let an incident tell nobody, and so none of its signs',
    at: `${orders}/PaymentIncident/Unhealthy`,
    caughtBy: 'Messaging::AlarmActions',
    breaks: set({ AlarmActions: [] }),
  },
  {
    what: 'let one sign keep the others silent',
    at: `${orders}/PaymentIncident/Unhealthy`,
    caughtBy: 'Messaging::AlarmActions',
    breaks: ({ AlarmRule: rule }) => {
      const { 'Fn::Join': join } = rule as { 'Fn::Join': [string, unknown[]] };
      join[1] = join[1].map(part => (typeof part === 'string' ? part.replace(/ OR /, ' AND ') : part));
    },
  },
  {
    what: 'leave a sign out of its incident',
    at: `${orders}/PaymentIncident/Unhealthy`,
    caughtBy: 'Messaging::AlarmActions',
    breaks: ({ AlarmRule: rule }) => {
      const { 'Fn::Join': join } = rule as { 'Fn::Join': [string, unknown[]] };
      join[1].splice(1, 1, 'order-processing-SomeOtherAlarm');
    },
  },
  {
    what: 'leave a DLQ out of what an incident leaves behind',
    at: `${orders}/PaymentIncident/Remains`,
    caughtBy: 'Messaging::DeadLetterAlarm',
    breaks: set({ AlarmRule: 'FALSE' }),
  },
  {
    what: 'take the runbook from an incident',
    at: `${orders}/PaymentIncident/Unhealthy`,
    caughtBy: 'Messaging::AlarmRunbook',
    breaks: set({ AlarmDescription: 'Something is wrong.' }),
  },
  {
    what: 'name an incident as the topic admits no alarm',
    at: `${orders}/PaymentIncident/Unhealthy`,
    caughtBy: 'Delivery::Blocked',
    breaks: set({ AlarmName: 'payment-is-unhealthy' }),
  },
  {
    what: 'take the runbook from an alarm',
    at: `${orders}/PaymentMonitoring/MessageAge`,
    caughtBy: 'Messaging::AlarmRunbook',
    breaks: set({ AlarmDescription: 'The oldest message waits too long.' }),
  },
  {
    what: 'mistype a filter scope',
    at: `${orders}/Payment/OfOrderPlaced`,
    caughtBy: 'Messaging::FilterPolicyScope',
    breaks: set({ FilterPolicyScope: 'MessageAttribute' }),
  },
  {
    what: 'filter by six attributes',
    at: `${orders}/Payment/OfOrderPlaced`,
    caughtBy: 'Messaging::FilterPolicySize',
    breaks: set({ FilterPolicy: Object.fromEntries([...'abcdef'].map(name => [name, ['x']])) }),
  },
  {
    what: 'filter by more combinations than SNS takes',
    at: `${orders}/Payment/OfOrderPlaced`,
    caughtBy: 'Messaging::FilterPolicySize',
    breaks: set({ FilterPolicy: { body: { kind: [...'abcdefghij'], place: [...'abcdefgh'] } } }),
  },
  {
    what: 'gather a hundred messages in no time',
    at: mapping,
    caughtBy: 'Messaging::BatchWindow',
    breaks: set({ BatchSize: 100 }),
  },
  {
    what: 'limit pollers in two ways',
    at: mapping,
    caughtBy: 'Messaging::ProvisionedPollers',
    breaks: set({ ProvisionedPollerConfig: { MinimumPollers: 2 } }),
  },
  {
    what: 'let a queue cause any number of invocations',
    at: mapping,
    caughtBy: 'Messaging::PollerConcurrency',
    breaks: unset('ScalingConfig'),
  },
  {
    what: 'reserve less than the mapping may use',
    at: `${orders}/PaymentConsumer/Function`,
    caughtBy: 'Messaging::PollerConcurrency',
    breaks: set({ ReservedConcurrentExecutions: 1 }),
  },
  {
    what: 'fail a batch as a whole',
    at: mapping,
    caughtBy: 'Messaging::PartialBatchResponse',
    breaks: unset('FunctionResponseTypes'),
  },
  {
    what: 'answer receives empty',
    at: `${orders}/Payment/Queue`,
    caughtBy: 'Messaging::LongPolling',
    breaks: unset('ReceiveMessageWaitTimeSeconds'),
  },
  {
    what: 'take smaller messages than the topic',
    at: `${orders}/Payment/Queue`,
    caughtBy: 'Messaging::MessageSizes',
    breaks: set({ MaximumMessageSize: 65_536 }),
  },
  {
    what: 'take smaller dead letters than messages',
    at: `${orders}/Payment/Dlq`,
    caughtBy: 'Messaging::MessageSizes',
    breaks: set({ MaximumMessageSize: 262_144 }),
  },
  {
    what: "put a queue under AWS's key",
    at: `${orders}/Payment/Queue`,
    caughtBy: 'Messaging::DeliverableKey',
    breaks: set({ KmsMasterKeyId: 'alias/aws/sqs' }),
  },
  {
    what: "put a queue under a topic's key",
    at: `${orders}/Payment/Queue`,
    caughtBy: 'Messaging::SeparateKeys',
    breaks: set({ KmsMasterKeyId: { 'Fn::GetAtt': ['TopicKeyB2E0C9CB', 'Arn'] } }),
  },
  {
    what: 'leave a topic unencrypted',
    at: `${orders}/OrderPlaced/Topic`,
    caughtBy: 'Messaging::EncryptedMessages',
    breaks: unset('KmsMasterKeyId'),
  },
  {
    what: 'put a broker on the internet',
    at: 'message-broker/Broker/Broker',
    caughtBy: 'Messaging::PrivateBroker',
    breaks: set({ PubliclyAccessible: true }),
  },
  {
    what: "write a broker's password into the template",
    at: 'message-broker/Broker/Broker',
    caughtBy: 'Messaging::BrokerPassword',
    breaks: set({ Users: [{ Username: 'messaging', Password: 'correct-horse-battery' }] }),
  },
  {
    what: 'leave a broker without a log',
    at: 'message-broker/Broker/Broker',
    caughtBy: 'Messaging::BrokerLogs',
    breaks: set({ Logs: { General: false } }),
  },
  {
    what: "take a broker's credentials from the function that polls it",
    at: 'message-broker/Invoicing/Role/DefaultPolicy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'secretsmanager:GetSecretValue'),
  },
  {
    what: "take the key of a broker's credentials from the function that polls it",
    at: 'message-broker/Invoicing/Role/DefaultPolicy',
    caughtBy: 'Delivery::Blocked',
    breaks: ({ PolicyDocument: policy }) => {
      policy.Statement = policy.Statement.filter(
        ({ Condition }) => !JSON.stringify(Condition ?? {}).includes('secretsmanager.'),
      );
    },
  },
  {
    what: 'take a broker from the function that polls it',
    at: 'message-broker/Invoicing/Role/DefaultPolicy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'mq:DescribeBroker'),
  },
  {
    what: 'leave the disks of workers unencrypted',
    at: 'video-processing/BackEnd/Template',
    caughtBy: 'Messaging::EncryptedDisks',
    breaks: set({ LaunchTemplateData: {} }),
  },
  {
    what: 'keep logs for ever',
    at: `${orders}/PaymentConsumer/Logs`,
    caughtBy: 'Messaging::LogRetention',
    breaks: unset('RetentionInDays'),
  },
  {
    what: 'let everyone into a DLQ',
    at: `${orders}/Payment/Dlq/Policy`,
    caughtBy: 'Messaging::PublicPrincipal',
    breaks: add({ Effect: 'Allow', Action: 'sqs:SendMessage', Principal: { AWS: '*' }, Resource: '*' }),
  },
  {
    what: 'give a role a managed policy',
    at: `${orders}/PlaceOrder/Role`,
    caughtBy: 'Messaging::ManagedPolicy',
    breaks: set({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess'] }),
  },
  {
    what: 'allow a role every action on its queue',
    at: `${orders}/PaymentConsumer/Role/DefaultPolicy`,
    caughtBy: 'Messaging::WildcardAction',
    breaks: change('PolicyDocument', 'sqs:ReceiveMessage', { Action: 'sqs:*' }),
  },
  {
    what: 'wait for a payment without asking for heartbeats',
    at: 'order-workflow/Orders/Machine',
    caughtBy: 'Messaging::WaitingState',
    breaks: redefine('"HeartbeatSeconds":300,', ''),
  },
  {
    what: 'wait for a payment for ever',
    at: 'order-workflow/Orders/Machine',
    caughtBy: 'Messaging::WaitingState',
    breaks: redefine('"TimeoutSeconds":900,', ''),
  },
  {
    what: 'let a workflow send to its queue no more',
    at: 'order-workflow/Orders/Role/DefaultPolicy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'sqs:SendMessage'),
  },
  {
    what: "let a workflow use its queue's key no more",
    at: 'order-workflow/Orders/Role/DefaultPolicy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'kms:GenerateDataKey'),
  },
  {
    what: 'let a workflow invoke its functions no more',
    at: 'order-workflow/Orders/Role/DefaultPolicy',
    caughtBy: 'Delivery::Blocked',
    breaks: drop('PolicyDocument', 'lambda:InvokeFunction'),
  },
];

const table: string[] = [];
afterAll(() => {
  const head = ['| Mutation | Where | Caught by | And by |', '| --- | --- | --- | --- |'];
  process.stdout.write(`\n${[...head, ...table].join('\n')}\n\n`);
});

it.each(['dev', 'prod'] as const)('finds nothing in what is not broken, in %s', stage => {
  expect(caughtBy(stacksOf(stage))).toEqual([]);
  expect(caughtBy(sound)).toEqual([]);
});

it.each(mutations)('catches: $what', mutation => {
  const caught = caughtBy(broken(mutation));
  expect(caught).toContain(mutation.caughtBy);
  const others = caught.filter(rule => rule !== mutation.caughtBy).join(', ');
  table.push(`| ${mutation.what} | ${mutation.at} | ${mutation.caughtBy} | ${others} |`);
});

it('breaks every rule at least once', () => {
  const expected = [
    ...['Blocked', 'Open', 'Plaintext', 'Unseen'].map(kind => `Delivery::${kind}`),
    ...messagingRules.map(({ name }) => `Messaging::${name}`),
  ];
  // These two have tests of their own: it takes more than one change to break them.
  const elsewhere = ['Messaging::NotificationLoop', 'Messaging::ReservedForAllMappings'];
  const caught = new Set(mutations.map(mutation => mutation.caughtBy));
  expect(expected.filter(rule => !caught.has(rule) && !elsewhere.includes(rule))).toEqual([]);
});
