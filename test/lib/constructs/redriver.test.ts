import { Duration } from 'aws-cdk-lib';
import { parseEnvironment } from '../../../contracts/environment.ts';
import { redriverEnvironment } from '../../../contracts/redriver.ts';
import { DeadLetterQueue } from '../../../lib/constructs/dead-letter-queue.ts';
import { DurableQueue, type DurableQueueProps } from '../../../lib/constructs/durable-queue.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { Redriver, type RedriverProps } from '../../../lib/constructs/redriver.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { inWords } from '../../support/dashboards.ts';
import { onlyResource, resourceOf, testStack } from '../../support/stack-template.ts';

function makeRedriver(props: Partial<RedriverProps> = {}, queueProps: DurableQueueProps = {}) {
  const stack = testStack();
  const queue = new DurableQueue(stack, 'Jobs', queueProps);
  const undelivered = new DeadLetterQueue(stack, 'Undelivered');
  const redriver = new Redriver(stack, 'Redriver', {
    queues: [{ queue, undelivered: [undelivered] }],
    mode: 'manual',
    logLevel: 'INFO',
    metricsNamespace: 'Jobs',
    ...props,
  });
  const { Environment } = resourceOf(redriver.function.function).Properties;
  const { Variables } = Environment as { Variables: Record<string, unknown> };
  return { stack, queue, undelivered, redriver, variables: Variables };
}

it('looks at its queues every five minutes', () => {
  const { stack } = makeRedriver();
  expect(onlyResource(stack, 'AWS::Events::Rule').Properties).toMatchObject({
    ScheduleExpression: 'rate(5 minutes)',
    State: 'ENABLED',
  });
});

it('moves five messages first, then up to 500, unless told otherwise', () => {
  expect(makeRedriver().variables).toMatchObject({ PROBE_SIZE: '5', PORTION_SIZE: '500', MODE: 'manual' });
  expect(makeRedriver({ probe: 1, portion: 20, mode: 'scheduled' }).variables).toMatchObject({
    PROBE_SIZE: '1',
    PORTION_SIZE: '20',
    MODE: 'scheduled',
  });
});

it('waits until a message has used up the receives of the slowest queue, and SQS has counted it', () => {
  const { variables } = makeRedriver({}, { visibilityTimeout: Duration.seconds(90), maxReceiveCount: 6 });
  expect(variables.SETTLE_SECONDS).toBe(String(90 * 6 + 120));
});

it('is given an environment that its function takes', () => {
  const { variables, stack, queue } = makeRedriver();
  const environment = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      inWords(value).replaceAll(/"\$\{\w+\}"/g, '"https://sqs.eu-west-1.amazonaws.com/111122223333/q"'),
    ]),
  );
  const { ROUTES } = parseEnvironment(redriverEnvironment, environment);
  expect(ROUTES).toHaveLength(1);
  expect(ROUTES[0]?.undelivered_urls).toHaveLength(1);
  expect(inWords(variables.ROUTES)).toContain(inWords(stack.resolve(queue.deadLetterQueue.queueUrl)));
});

it('may use the keys of its queues, and no others', () => {
  const stack = testStack();
  const key = new MessageKey(stack, 'Key', { description: 'Encrypts jobs' });
  const queue = new DurableQueue(stack, 'Jobs', { key });
  const redriver = new Redriver(stack, 'Redriver', {
    queues: [{ queue }],
    mode: 'manual',
    logLevel: 'INFO',
    metricsNamespace: 'Jobs',
  });
  const policy = redriver.node.findChild('Run').node.findChild('Role').node.findChild('DefaultPolicy');
  const { PolicyDocument } = resourceOf(policy).Properties;
  const { Statement } = PolicyDocument as { Statement: { Action: string | string[]; Resource: unknown }[] };
  const keyUses = Statement.filter(({ Action }) => [Action].flat().some(action => action.startsWith('kms:')));
  expect(keyUses.length).toBeGreaterThan(0);
  for (const { Resource } of keyUses) expect(Resource).toEqual(stack.resolve(key.keyArn));
});

it.each([
  ['queues', { queues: [] }, {}],
  ['portion', { portion: 0 }, {}],
  ['portion', { portion: 10_001 }, {}],
  ['probe', { probe: 0 }, {}],
  ['probe', { probe: 30, portion: 20 }, {}],
  ['visibilityTimeout', {}, { visibilityTimeout: Duration.hours(12) }],
])('fails when %s is out of range: %j', (prop, props, queueProps) => {
  expect(() => makeRedriver(props, queueProps)).toThrow(PropsError);
  expect(() => makeRedriver(props, queueProps)).toThrow(prop);
});
