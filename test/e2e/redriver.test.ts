import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { App } from 'aws-cdk-lib';
import { addSystems } from '../../bin/systems.ts';
import { orderEvents } from '../../contracts/orders.ts';
import type { RedriveCommand } from '../../contracts/redriver.ts';
import { type LocalCloud, startLocalCloud } from '../../local/cloud.ts';
import { until } from '../../local/scenarios/condition.ts';
import { unequal } from '../../local/scenarios/expectations.ts';
import { messagesIn } from '../../local/scenarios/queue-state.ts';
import { cdkJsonContext } from '../support/synthesized-app.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

type Line = Readonly<Record<string, unknown>>;

const stack = 'order-processing';
const paymentFunction = `${stack}/PaymentConsumer/Function`;
const redriver = `${stack}/Redriver/Run/Function`;
const stoppedAlarm = `${stack}/RedriverMonitoring/Stopped`;
const paymentQueue = 'order-processing-payment';

/** As many as a probe and more. */
const orders = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'];

let cloud: LocalCloud;
let sns: SNSClient;
let sqs: SQSClient;
const lines: Line[] = [];

beforeAll(async () => {
  const context = { ...cdkJsonContext(), redrive: 'scheduled' };
  const app = new App({ outdir: temporaryDirectory(), context });
  addSystems(app, [stack]);
  const { directory: assemblyDirectory } = app.synth();
  cloud = await startLocalCloud({
    assemblyDirectory,
    port: 0,
    httpPort: 0,
    maxVisibilityTimeoutSeconds: 1,
    environmentOverrides: {
      [paymentFunction]: { SIMULATED_GATEWAY_FAILS: orders.join(',') },
      // Five receives, a second apart, and as long again for a machine that has much to do.
      [redriver]: { SETTLE_SECONDS: '10' },
    },
  });
  const settings = {
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  sns = new SNSClient(settings);
  sqs = new SQSClient(settings);
  cloud.events.on('log', ({ json }) => {
    if (json?.outcome !== undefined) lines.push(json);
  });
}, 120_000);

afterAll(async () => {
  for (const client of [sns, sqs]) client?.destroy();
  await cloud?.stop();
});

function output(name: string): string {
  const value = cloud.stacks[0]?.outputs[name];
  if (value === undefined) throw new Error(`There is no output ${name}`);
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
      TopicArn: output('OrderPlacedTopicArn'),
      Message: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    }),
  );
}

/** As `aws lambda invoke` does. */
async function command(payload: RedriveCommand): Promise<readonly Line[]> {
  const url = `${cloud.endpoint}/2015-03-31/functions/${output('RedriverName')}/invocations`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request' },
    body: JSON.stringify(payload),
  });
  return (await answer.json()) as readonly Line[];
}

/** What the redriver says that it did with the payment queue. */
const redriven = (outcome: string) =>
  lines.filter(line => line.queue === paymentQueue && line.outcome === outcome);

const movedInAll = () => redriven('moved').reduce((sum, { moved }) => sum + Number(moved), 0);
const charged = () =>
  lines
    .filter(({ service, outcome }) => service === 'payment' && outcome === 'charged')
    .map(({ order_id }) => order_id);
const alarm = () => cloud.alarms().find(({ path }) => path === stoppedAlarm)?.state;
const deadLetters = () => messagesIn(sqs, output('PaymentDlqUrl'));
const waitable = { timeoutInMilliseconds: 60_000 };

it('stops when poison comes back, and drains the DLQ once the cause is mended and it is reset', async () => {
  await Promise.all(orders.map(place));
  await until(async () => unequal('redrives that stopped', redriven('stopped_itself').length, 1), waitable);
  const probed = movedInAll();
  const [stop] = redriven('stopped_itself');

  // Nothing but the probe was moved, all of it came back, and a person hears of it.
  expect(probed).toBeGreaterThan(0);
  expect(probed).toBeLessThanOrEqual(5);
  expect(Number(stop?.returned) * 2).toBeGreaterThanOrEqual(probed);
  await until(async () => unequal('alarm', alarm(), 'ALARM'), waitable);
  await until(async () => unequal('dead letters', await deadLetters(), orders.length), waitable);

  // The schedule goes on, and moves nothing.
  const looks = () => redriven('stopped').length;
  const before = looks();
  await until(async () => (looks() >= before + 2 ? undefined : 'looks at a redrive that stopped'), waitable);
  expect(movedInAll()).toBe(probed);
  expect(charged()).toEqual([]);

  cloud.updateEnvironment(paymentFunction, { SIMULATED_GATEWAY_FAILS: '' });
  expect(await command({ action: 'reset', queue: paymentQueue })).toMatchObject([
    { queue: paymentQueue, outcome: 'moved', state: { phase: 'probing' } },
  ]);
  await until(async () => unequal('orders charged', charged().length, orders.length), waitable);
  await until(async () => unequal('redrives that ended', redriven('drained').length, 1), waitable);

  expect(new Set(charged()).size).toBe(orders.length);
  expect(await deadLetters()).toBe(0);
  // A copy whose original a slow machine does not delete in time is moved again, and charges nobody again.
  expect(movedInAll()).toBeGreaterThanOrEqual(probed + orders.length);
  await until(async () => unequal('alarm', alarm(), 'OK'), waitable);
}, 240_000);
