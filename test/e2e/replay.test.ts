import { PassThrough } from 'node:stream';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { App } from 'aws-cdk-lib';
import { addSystems } from '../../bin/systems.ts';
import { runReplay } from '../../cli/replay/program.ts';
import { orderEvents } from '../../contracts/orders.ts';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';
import { until } from '../../local/scenarios/condition.ts';
import { unequal } from '../../local/scenarios/expectations.ts';
import { messagesIn } from '../../local/scenarios/queue-state.ts';
import { resourcesOfType } from '../support/stack-template.ts';
import { cdkJsonContext, systemTemplate } from '../support/synthesized-app.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

interface Line {
  readonly service: string;
  readonly outcome: string;
  readonly order_id?: string;
}

const orders = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'];
const paymentQueue = 'order-processing-payment';

let cloud: LocalCloud;
let sns: SNSClient;
let sqs: SQSClient;
const lines: Line[] = [];

/** The archive subscribes to the topic that order-processing has, as it does on AWS. */
function orderTopicArn(): string {
  const [topicId] =
    resourcesOfType(systemTemplate('order-processing', 'dev'), 'AWS::SNS::Topic').find(
      ([, { Properties }]) => Properties.DisplayName === undefined,
    ) ?? [];
  return `arn:aws:sns:us-east-1:000000000000:order-processing-${topicId}`;
}

beforeAll(async () => {
  const context = { ...cdkJsonContext(), archivedTopicArn: orderTopicArn() };
  const app = new App({ outdir: temporaryDirectory(), context });
  addSystems(app, ['order-processing', 'event-archive']);
  const { directory: assemblyDirectory } = app.synth();
  cloud = await startLocalCloud({ assemblyDirectory, port: 0, httpPort: 0, maxVisibilityTimeoutSeconds: 2 });
  const settings = {
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  sns = new SNSClient(settings);
  sqs = new SQSClient(settings);
  cloud.events.on('log', ({ json }) => {
    if (json?.outcome !== undefined) lines.push(json as unknown as Line);
  });
}, 120_000);

afterAll(async () => {
  for (const client of [sns, sqs]) client?.destroy();
  await cloud?.stop();
});

function output(stackName: string, name: string): string {
  const value = cloud.stacks.find(stack => stack.name === stackName)?.outputs[name];
  if (value === undefined) throw new Error(`${stackName} has no output ${name}`);
  return value;
}

async function place(orderId: string): Promise<void> {
  const { body, attributes } = orderEvents.encode({
    event_type: 'order_placed',
    correlation_id: `of ${orderId}`,
    order_id: orderId,
    customer: 'Alice',
    total_minor: 9_999,
    currency: 'USD',
    items: [],
    placed_at: new Date().toISOString(),
  });
  await sns.send(
    new PublishCommand({
      TopicArn: output('event-archive', 'ArchivedTopicArn'),
      Message: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  );
}

/** Outcomes of the payment function, and for which orders. */
function paid(outcome: string): readonly string[] {
  return lines
    .filter(line => line.service === 'payment' && line.outcome === outcome)
    .map(({ order_id }) => order_id ?? '');
}

async function replayAll(args: readonly string[]): Promise<{ readonly sent: number }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const day = 86_400_000;
  const [from, to] = [Date.now() - day, Date.now() + day].map(time => new Date(time).toISOString());
  const code = await runReplay(
    [
      ...['--from', from ?? '', '--to', to ?? '', '--queue', paymentQueue],
      ...['--endpoint', cloud.endpoint, '--json', ...args],
    ],
    { stdin, stdout, stderr, env: { HOME: temporaryDirectory() }, interrupt: new AbortController().signal },
  );
  if (code !== 0) throw new Error(String(stderr.read()));
  return JSON.parse(String(stdout.read())) as { sent: number };
}

const numerically = (a: string, b: string) => Number(a) - Number(b);

it('charges nobody twice when orders come from the archive again', async () => {
  await Promise.all(orders.map(place));
  await until(async () => unequal('charged', paid('charged').length, orders.length));
  await until(async () => unequal('archived', await archived(), orders.length));

  const { sent } = await replayAll(['--yes']);

  expect(sent).toBe(orders.length);
  // A busy machine may deliver one of them once more: what counts is that each was known.
  const knownAlready = () => new Set(paid('already_charged'));
  await until(async () => unequal('known already', knownAlready().size, orders.length));
  const url = output('order-processing', 'PaymentQueueUrl');
  await until(async () => unequal('messages left', await messagesIn(sqs, url), 0));
  expect(await messagesIn(sqs, output('order-processing', 'PaymentDlqUrl'))).toBe(0);
  expect([...paid('charged')].sort(numerically)).toEqual(orders);
  expect([...knownAlready()].sort(numerically)).toEqual(orders);
}, 60_000);

/** Events that a replay would send; none while nothing is there yet. */
async function archived(): Promise<number> {
  return replayAll(['--dry-run']).then(
    ({ sent }) => sent,
    () => 0,
  );
}
