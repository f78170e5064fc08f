import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudUnderTest, order } from '../../cloud-under-test.ts';
import { runQueueTool, type Setting } from '../../run-queue-tool.ts';

describe('queues as such', () => {
  let cloud: CloudUnderTest;

  beforeAll(async () => {
    cloud = await CloudUnderTest.start();
  });
  afterAll(() => cloud.stop());

  const run = (args: readonly string[], setting?: Setting) =>
    runQueueTool([...args, '--endpoint', cloud.url], setting);
  const attributesOf = async (name: string) =>
    JSON.parse((await run(['attributes', name, '--json'])).out) as {
      attributes: Record<string, string>;
      tags: Record<string, string>;
    };

  describe('queue create', () => {
    it('makes a queue with a DLQ, settings and tags', async () => {
      const dlq = await cloud.createQueue('made-dlq');

      await run([
        ...[
          'create',
          'made',
          '--dlq',
          'made-dlq',
          '--max-receives',
          '3',
          '--visibility',
          '2m',
          '--retention',
          '7d',
        ],
        ...[
          '--delay',
          '5',
          '--attribute',
          'MaximumMessageSize=2048',
          '--tag',
          'owner=me',
          '--tag',
          'stage=dev',
        ],
      ]);

      expect(await attributesOf('made')).toMatchObject({
        attributes: {
          VisibilityTimeout: '120',
          MessageRetentionPeriod: '604800',
          DelaySeconds: '5',
          MaximumMessageSize: '2048',
          ReceiveMessageWaitTimeSeconds: '20',
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: 3 }),
        },
        tags: { owner: 'me', stage: 'dev' },
      });
    });

    it('makes a FIFO queue with its ending', async () => {
      const { out } = await run([
        'create',
        'ordered',
        '--fifo',
        '--attribute',
        'ContentBasedDeduplication=true',
      ]);

      expect(out).toMatch(/^ordered\.fifo\n/);
      expect((await attributesOf('ordered')).attributes).toMatchObject({
        FifoQueue: 'true',
        ContentBasedDeduplication: 'true',
      });
    });

    it('takes a queue as it is that has the same settings, and refuses one that has others', async () => {
      await run(['create', 'twice', '--visibility', '60']);

      expect(await run(['create', 'twice', '--visibility', '60'])).toMatchObject({ code: 0 });
      expect(await run(['create', 'twice', '--visibility', '61'])).toMatchObject({
        code: 1,
        err: expect.stringMatching(/There is a queue twice already.*queue attributes twice/s),
      });
    });

    it.each([
      ['a stack in its name', ['create', 'stack/queue'], /give the name alone/],
      ['a name that cannot be one', ['create', 'a queue'], /names no queue/],
      ['a DLQ of the other type', ['create', 'x.fifo', '--dlq', 'made-dlq'], /both are FIFO queues, or none/],
      ['a time that is none', ['create', 'x', '--visibility', 'long'], /such as 30s, 15m, 4h or 2d/],
      ['a time too long', ['create', 'x', '--visibility', '13h'], /from 0 to 43200 seconds/],
      ['a tag without a value', ['create', 'x', '--tag', 'owner'], /name=value/],
    ])('fails with %s', async (_, args, message) => {
      await cloud.createQueue('made-dlq');

      const { code, err } = await run(args);

      expect(err).toMatch(message);
      expect(code).toBe(2);
    });
  });

  it('lists queues by how their names begin, with their depth on request', async () => {
    const queue = await cloud.createQueue('listed-a-name-that-is-longer-than-a-column-of-a-table');
    await cloud.createQueue('listed-b');
    await cloud.send(queue, [order('1')]);

    expect((await run(['list', 'listed-'])).out).toBe(
      'queue\nlisted-a-name-that-is-longer-than-a-column-of-a-table\nlisted-b\n2 queues\n',
    );
    expect((await run(['list', 'listed-', '--depth'])).out).toMatch(/-of-a-table +1 +0 +0\nlisted-b +0/);
    expect(JSON.parse((await run(['list', 'none', '--json'])).out)).toEqual({ queues: [] });
    expect((await run(['list', 'none'])).out).toBe("No queue's name begins with none.\n");
  });

  it('shows settings and tags, with times that a person can read', async () => {
    await cloud.createQueue('described', {}, { owner: 'me' });

    const { out } = await run(['attributes', 'described']);

    expect(out).toMatch(/CreatedTimestamp +\d{4}-\d\d-\d\dT/);
    expect(out).toMatch(/tag owner +me\n/);
  });

  describe('queue depth', () => {
    it('tells of a queue and its DLQ', async () => {
      const { queue, dlq } = await cloud.createPair('deep');
      await cloud.fail(queue, dlq, [order('1')]);
      await cloud.send(queue, [order('2'), order('3')]);

      const { out } = await run(['depth', 'deep']);

      expect(out).toMatch(/^queue +visible +in flight +delayed\ndeep +2 +0 +0\ndeep-dlq +1 +0 +0\n$/);
    });

    it('goes on until it is stopped, a document a time for machines', async () => {
      await cloud.send(await cloud.createQueue('watched'), [order('1')]);
      const interrupt = new AbortController();
      let seen = 0;
      const watching = run(['depth', 'watched', '--watch', '1s', '--json'], {
        interrupt: interrupt.signal,
        onOut: () => {
          seen += 1;
          if (seen === 2) interrupt.abort();
        },
      });

      const { code, out } = await watching;

      const lines = out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as { queues: object[] });
      expect(lines).toHaveLength(2);
      expect(lines.at(-1)?.queues).toEqual([{ name: 'watched', visible: 1, inFlight: 0, delayed: 0 }]);
      expect(code).toBe(0);
    });
  });

  describe('names of queues', () => {
    let folder: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'queue-outputs-'));
      await cloud.createPair('order-processing-payment');
      await cloud.createQueue('elsewhere');
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it.each([
      ['order-processing/payment', 'order-processing-payment'],
      ['order-processing/payment/dlq', 'order-processing-payment-dlq'],
      ['order-processing/PaymentQueueUrl', 'order-processing-payment'],
      ['order-processing/PaymentDlqUrl', 'order-processing-payment-dlq'],
    ])('%s is %s', async (text, name) => {
      expect((await run(['url', text])).out).toBe(`${cloud.url}/000000000000/${name}\n`);
    });

    it.each([
      ['order-processing/PaymentQueueUrl', 'elsewhere'],
      ['order-processing/payment', 'elsewhere'],
      ['order-processing/payment/dlq', 'order-processing-payment-dlq'],
    ])('%s is what the outputs of the stack say, endpoint included', async (text, name) => {
      const outputs = join(folder, 'outputs.json');
      writeFileSync(
        outputs,
        JSON.stringify({
          'order-processing': {
            PaymentQueueUrl: `${cloud.url}/000000000000/elsewhere`,
            PaymentDlqUrl: `${cloud.url}/000000000000/order-processing-payment-dlq`,
          },
        }),
      );

      const { out } = await runQueueTool(['url', text, '--outputs', outputs]);

      expect(out).toBe(`${cloud.url}/000000000000/${name}\n`);
    });

    it('says how outputs are written when there are none', async () => {
      expect(await run(['url', 'x', '--outputs', '/not/there'])).toMatchObject({
        code: 2,
        err: expect.stringContaining('npx cdk deploy --outputs-file /not/there'),
      });
    });

    it('says that a queue has no DLQ', async () => {
      await cloud.createQueue('alone-queue');

      expect(await run(['url', 'alone/queue/dlq'])).toMatchObject({
        code: 1,
        err: 'alone-queue has no DLQ.\n',
      });
    });
  });

  describe('what cannot be taken back', () => {
    const commands = [
      { command: 'purge', args: [] },
      { command: 'delete-queue', args: [] },
      { command: 'delete', args: ['--id', 'x'] },
    ];
    const stillThere = async (name: string) => cloud.bodies(await cloud.existing(name)).length;

    async function filled(name: string, tags: Record<string, string> = {}): Promise<string> {
      await cloud.send(await cloud.createQueue(name, {}, tags), [order('1')]);
      return name;
    }

    it.each(commands)('$command asks, and takes anything but yes for no', async ({ command, args }) => {
      const name = await filled(`asked-${command}`, { stage: 'dev' });

      const { code, out, err } = await run([command, name, ...args], { tty: true, answer: 'n' });

      expect(err).toMatch(/Delete .* for good\? \[y\/N\]/);
      expect(out).toContain('Nothing was deleted.');
      expect(code).toBe(1);
      expect(await stillThere(name)).toBe(1);
    });

    it.each(commands)('$command refuses where there is nobody to ask', async ({ command, args }) => {
      const name = await filled(`unattended-${command}`);

      expect(await run([command, name, ...args])).toMatchObject({
        code: 2,
        err: expect.stringContaining('Say --yes to do it.'),
      });
      expect(await stillThere(name)).toBe(1);
    });

    it.each(commands)('$command does not take --yes in stage prod', async ({ command, args }) => {
      const name = await filled(`prod-yes-${command}`, { stage: 'prod' });

      const { code, err } = await run([command, name, ...args, '--yes']);

      expect(err).toMatch(/tagged stage=prod.*--yes is not enough.*say --confirm prod-yes/);
      expect(code).toBe(2);
      expect(await stillThere(name)).toBe(1);
    });

    it.each(commands)('$command wants the name typed in stage prod', async ({ command, args }) => {
      const name = await filled(`prod-typed-${command}`, { stage: 'prod' });

      const refused = await run([command, name, ...args, '--yes'], { tty: true, answer: 'y' });
      expect(refused.err).toContain(`Type its name to go on (${name})`);
      expect(refused.code).toBe(1);
      expect(await stillThere(name)).toBe(1);

      const { out } = await run([command, name, ...args], { tty: true, answer: name });
      expect(out).not.toContain('Nothing was deleted');
    });

    it.each(commands)('$command takes the name after --confirm, and no other', async ({ command, args }) => {
      const name = await filled(`confirmed-${command}`, { stage: 'prod' });

      const wrong = await run([command, name, ...args, '--confirm', 'another']);
      expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('--confirm says another') });
      expect(await stillThere(name)).toBe(1);

      const { out, code } = await run([command, name, ...args, '--confirm', name, '--json']);
      expect(JSON.parse(out)).toMatchObject({ queue: name });
      expect(code).toBe(command === 'delete' ? 1 : 0);
    });

    it('purges, and tells how long SQS takes', async () => {
      const name = await filled('purged');

      const { out } = await run(['purge', name, '--yes']);

      expect(out).toContain('about 1 message in purged: give it up to 60 seconds');
      expect(await stillThere(name)).toBe(0);
    });

    it('says whose DLQ a queue is before it deletes it', async () => {
      const { dlq } = await cloud.createPair('served');

      const { err } = await run(['delete-queue', dlq.name], { tty: true, answer: 'n' });

      expect(err).toContain('the DLQ of served,');
    });
  });
});
