import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import fc from 'fast-check';
import type { RedriveCommand } from '../../../contracts/redriver.ts';
import type { DeadLetter, LetterCopy } from '../../../lambda/redriver/domain/dead-letter.ts';
import type { RedriveState } from '../../../lambda/redriver/domain/redrive.ts';
import type { RedriveReport } from '../../../lambda/redriver/queue-redrive.ts';
import { RedriveCommandError } from '../../../lambda/redriver/redrive-command.ts';
import type { QueueDepth, RedriveQueues } from '../../../lambda/redriver/redrive-queues.ts';
import { RedriveFailedError, redriving } from '../../../lambda/redriver/redriving.ts';
import { ConflictError } from '../../../lambda/shared/failures.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines } from '../../support/log-lines.ts';

const settleMs = 600_000;
const schedule = { source: 'aws.events', 'detail-type': 'Scheduled Event' };
const queue = 'orders';
const dlq = 'https://sqs/orders-dlq';
const undelivered = 'https://sqs/orders-undelivered';

/** The process dies: nothing further happens in this invocation. */
class Crash extends Error {}

/** Queues in memory. What is received is hidden until {@link show}. */
class MemoryQueues implements RedriveQueues {
  readonly bodies = new Map<string, string[]>();
  readonly sent: { readonly url: string; readonly copy: LetterCopy }[] = [];
  /** Runs before each call; what it throws, the call throws. */
  before: (call: string, body: string) => void = () => undefined;
  #hidden: { readonly url: string; readonly body: string }[] = [];

  put(url: string, ...bodies: string[]): void {
    this.bodies.set(url, [...this.in(url), ...bodies]);
  }

  in(url: string): readonly string[] {
    return this.bodies.get(url) ?? [];
  }

  /** All that is in a queue, whether it is hidden or not. */
  allIn(url: string): readonly string[] {
    return [...this.in(url), ...this.#hidden.filter(hidden => hidden.url === url).map(({ body }) => body)];
  }

  show(): void {
    for (const { url, body } of this.#hidden.splice(0)) this.bodies.set(url, [body, ...this.in(url)]);
  }

  async depth(url: string): Promise<QueueDepth> {
    return { waiting: this.in(url).length, hidden: this.allIn(url).length - this.in(url).length };
  }

  async receive(url: string, most: number): Promise<readonly DeadLetter[]> {
    this.before('receive', '');
    const taken = this.in(url).slice(0, Math.min(most, 10));
    this.bodies.set(url, this.in(url).slice(taken.length));
    this.#hidden.push(...taken.map(body => ({ url, body })));
    return taken.map(body => ({
      id: `id-${body}`,
      receiptHandle: body,
      body,
      attributes: {},
      groupId: body.split('/')[0],
    }));
  }

  async send(url: string, copy: LetterCopy): Promise<void> {
    this.before('send', copy.body);
    this.put(url, copy.body);
    this.sent.push({ url, copy });
  }

  async delete(url: string, { body }: DeadLetter): Promise<void> {
    this.before('delete', body);
    this.#hidden = this.#hidden.filter(hidden => hidden.url !== url || hidden.body !== body);
  }
}

const metrics = new Metrics({ namespace: 'OrderProcessing', serviceName: 'redriver' });
const logger = new Logger({ logLevel: 'DEBUG', serviceName: 'redriver' });

function setUp({ mode = 'scheduled', fifo = false, portion = 20, probe = 5 } = {}) {
  const lines = catchLogLines();
  const suffix = fifo ? '.fifo' : '';
  const queues = new MemoryQueues();
  const states = new InMemoryStates<RedriveState>();
  const queueUrl = `https://sqs/orders${suffix}`;
  let now = 1_000_000;
  const handler = redriving({
    routes: [
      { queue, queue_url: queueUrl, dead_letter_queue_url: dlq, undelivered_urls: [undelivered] },
      {
        queue: 'refunds',
        queue_url: 'https://sqs/refunds',
        dead_letter_queue_url: 'https://sqs/refunds-dlq',
        undelivered_urls: [],
      },
    ],
    queues,
    states,
    mode: mode as 'manual' | 'scheduled',
    limits: { probe, portion, settleMs },
    logger,
    metrics,
    now: () => now,
  });
  return {
    lines,
    queues,
    states,
    queueUrl,
    pass: (ms: number) => {
      now += ms;
    },
    state: () => states.states.get(queue)?.state,
    async run(
      event: RedriveCommand | typeof schedule = schedule,
      remainingMs = 60_000,
    ): Promise<RedriveReport> {
      const context = lambdaContext({ getRemainingTimeInMillis: () => remainingMs });
      const reports = await handler(event, context);
      return reports.find(report => report.queue === queue) as RedriveReport;
    },
    handle: (event: unknown) => handler(event, lambdaContext({ getRemainingTimeInMillis: () => 60_000 })),
    /** What the consumer makes of its queue: what is poison fails until it is in the DLQ again. */
    consume(isPoison: (body: string) => boolean = () => false): string[] {
      const bodies = queues.in(queueUrl);
      queues.bodies.set(queueUrl, []);
      queues.put(dlq, ...bodies.filter(isPoison));
      return bodies.filter(body => !isPoison(body));
    },
  };
}

const letters = (count: number, group = '') =>
  Array.from({ length: count }, (_, index) => `${group}${index}`);

describe('the schedule', () => {
  it('moves a probe, waits, and moves the rest in portions that double', async () => {
    const { queues, run, pass, consume } = setUp();
    queues.put(dlq, ...letters(40));
    const moves: number[] = [];
    for (let step = 0; step < 8; step++) {
      moves.push((await run()).moved);
      pass(settleMs / 2);
      moves.push((await run()).moved);
      consume();
      pass(settleMs / 2);
    }

    expect(moves.filter(count => count > 0)).toEqual([5, 10, 20, 5]);
    expect(moves.slice(0, 8)).toEqual([5, 0, 10, 0, 20, 0, 5, 0]);
    expect(queues.allIn(dlq)).toEqual([]);
  });

  it('stops when the probe comes back, says so at each run, and moves nothing any more', async () => {
    const { queues, run, pass, consume, lines } = setUp();
    queues.put(dlq, ...letters(12));
    await run();
    consume(() => true);
    pass(settleMs);

    expect(await run()).toMatchObject({ outcome: 'stopped_itself', moved: 0, returned: 5 });
    pass(settleMs);
    expect(await run()).toMatchObject({ outcome: 'stopped', moved: 0 });
    expect(queues.sent).toHaveLength(5);
    expect(queues.in(dlq)).toHaveLength(12);
    expect(lines.filter(line => line.RedrivesStopped === 1)).toHaveLength(2);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'ERROR', outcome: 'stopped_itself', queue, returned: 5 }),
    );
  });

  it('drains it once it is reset', async () => {
    const { queues, run, pass, consume, state } = setUp();
    queues.put(dlq, ...letters(12));
    await run();
    consume(() => true);
    pass(settleMs);
    await run();

    expect(await run({ action: 'reset', queue })).toMatchObject({ outcome: 'moved', moved: 5 });
    const cleared = consume();
    for (let step = 0; step < 3; step++) {
      pass(settleMs);
      await run();
      cleared.push(...consume());
    }
    expect(cleared.sort()).toEqual(letters(12).sort());
    expect(state()).toEqual({ phase: 'idle' });
  });

  it('brings what SNS could not deliver to the queue, after what failed', async () => {
    const { queues, run, queueUrl } = setUp();
    queues.put(undelivered, 'never delivered');
    queues.put(dlq, 'failed');
    await run();
    expect(queues.in(queueUrl)).toEqual(['failed', 'never delivered']);
    expect(queues.allIn(undelivered)).toEqual([]);
  });

  it('begins no batch for which the invocation has no time', async () => {
    const { queues, run } = setUp();
    queues.put(dlq, ...letters(12));
    expect(await run(schedule, 10_000)).toMatchObject({ outcome: 'moved', moved: 0 });
    expect(queues.allIn(dlq)).toHaveLength(12);
  });
});

describe('by hand', () => {
  it('is the only way to start in mode manual; then it goes on by itself', async () => {
    const { queues, run, pass, consume } = setUp({ mode: 'manual' });
    queues.put(dlq, ...letters(12));
    expect(await run()).toMatchObject({ outcome: 'idle', moved: 0 });
    expect(await run({ action: 'start' })).toMatchObject({ outcome: 'moved', moved: 5 });
    consume();
    pass(settleMs);
    expect(await run()).toMatchObject({ outcome: 'moved', moved: 7 });
  });

  it('does not start what stopped', async () => {
    const { queues, run } = setUp();
    queues.put(dlq, 'a');
    await run({ action: 'stop' });
    expect(await run({ action: 'start' })).toMatchObject({ outcome: 'stopped', moved: 0 });
    expect(await run({ action: 'status' })).toMatchObject({
      outcome: 'status',
      state: { phase: 'stopped', reason: 'by_hand' },
    });
  });

  it('is stopped without an alarm', async () => {
    const { run, lines } = setUp();
    await run({ action: 'stop' });
    await run();
    expect(lines.filter(line => 'RedrivesStopped' in line)).toEqual([]);
  });

  it('stops a run between two batches', async () => {
    const { queues, run, states, state } = setUp({ probe: 20, portion: 20 });
    queues.put(dlq, ...letters(20));
    queues.before = call => {
      const seen = states.states.get(queue);
      if (call !== 'send' || !seen) return;
      queues.before = () => undefined;
      const stopped = { phase: 'stopped', reason: 'by_hand', stopped_at: 1, moved: 10, returned: 0 } as const;
      states.states.set(queue, { state: stopped, version: seen.version + 1 });
    };
    expect(await run()).toMatchObject({ outcome: 'overtaken', state: { phase: 'stopped' } });
    expect(queues.sent).toHaveLength(10);
    expect(state()).toMatchObject({ phase: 'stopped', reason: 'by_hand' });
  });

  it.each([
    [{ action: 'go' }, 'start'],
    [{}, 'action'],
    ['start', 'payload'],
    [null, 'payload'],
    [{ action: 'start', queue: 'payments' }, 'orders, refunds'],
    [{ action: 'start', when: 'now' }, 'when'],
  ])('is told what can be asked for: %j', async (event, named) => {
    const { handle } = setUp();
    await expect(handle(event)).rejects.toThrow(RedriveCommandError);
    await expect(handle(event)).rejects.toThrow(named);
  });
});

describe('when something fails', () => {
  it('keeps what could not be sent, sees to the other queues, and fails', async () => {
    const { queues, handle, state } = setUp();
    queues.put(dlq, 'a', 'b', 'c');
    queues.put('https://sqs/refunds-dlq', 'r');
    queues.before = (call, body) => {
      if (call === 'send' && body === 'b') throw new Error('AccessDenied');
    };
    await expect(handle(schedule)).rejects.toThrow(RedriveFailedError);
    queues.show();
    expect(queues.in('https://sqs/orders')).toEqual(['a', 'c']);
    expect(queues.in(dlq)).toEqual(['b']);
    expect(queues.in('https://sqs/refunds')).toEqual(['r']);
    expect(state()).toMatchObject({ portion: { moved: 2, expected: 1 } });
  });

  it('keeps the order of each group of a FIFO queue', async () => {
    const { queues, handle, queueUrl } = setUp({ fifo: true, probe: 10 });
    queues.put(dlq, 'x/1', 'y/1', 'x/2', 'y/2', 'x/3');
    queues.before = (call, body) => {
      if (call === 'send' && body === 'x/2') throw new Error('down');
    };
    await expect(handle(schedule)).rejects.toThrow('down');
    queues.show();
    expect(queues.in(queueUrl).filter(body => body.startsWith('x'))).toEqual(['x/1']);
    expect(queues.in(queueUrl).filter(body => body.startsWith('y'))).toEqual(['y/1', 'y/2']);
    expect([...queues.in(dlq)].sort()).toEqual(['x/2', 'x/3']);
  });

  it('lets nothing overtake a message that was copied and could not be deleted', async () => {
    const { queues, handle, queueUrl } = setUp({ fifo: true });
    queues.put(dlq, 'x/1', 'x/2');
    queues.before = call => {
      if (call === 'delete') throw new Error('down');
    };
    await expect(handle(schedule)).rejects.toThrow('down');
    expect(queues.in(queueUrl)).toEqual(['x/1']);
    expect([...queues.allIn(dlq)].sort()).toEqual(['x/1', 'x/2']);
  });

  it('tells of every other queue where one cannot even be looked at again after a conflict', async () => {
    const { queues, handle, states, lines } = setUp();
    queues.put(dlq, 'x/1');
    queues.put('https://sqs/refunds-dlq', 'y/1');
    const read = states.read.bind(states);
    let reads = 0;
    states.read = async id => {
      if (id === queue && ++reads > 1) throw new Error('table down');
      return read(id);
    };
    states.beforeWrite = () => {
      states.beforeWrite = () => undefined;
      throw new ConflictError('orders was changed');
    };
    await expect(handle(schedule)).rejects.toThrow(RedriveFailedError);
    expect(queues.in('https://sqs/refunds')).toEqual(['y/1']);
    expect(lines).toContainEqual(expect.objectContaining({ queue: 'refunds', outcome: 'moved' }));
  });

  it('two runs at once move no more than one', async () => {
    const { queues, run, queueUrl } = setUp();
    queues.put(dlq, ...letters(40));
    const outcomes = (await Promise.all([run(), run(), run()])).map(({ outcome }) => outcome);
    expect(outcomes.sort()).toEqual(['moved', 'overtaken', 'overtaken']);
    expect(queues.in(queueUrl)).toHaveLength(5);
  });

  it('loses nothing wherever a run dies, and moves nothing but what was in hand twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(60), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 30 }),
        async (deaths, fifo, count) => {
          const { queues, states, run, pass, consume } = setUp({ fifo });
          const all = Array.from({ length: count }, (_, index) => `g${index % 3}/${index}`);
          queues.put(dlq, ...all);
          const handled: string[] = [];
          for (const callsUntilDeath of deaths) {
            let calls = 0;
            const dying = () => {
              if (++calls > callsUntilDeath) throw new Crash();
            };
            queues.before = dying;
            states.beforeWrite = dying;
            await run().catch(() => undefined);
            queues.show();
            handled.push(...consume());
            pass(settleMs);
          }
          queues.before = () => undefined;
          states.beforeWrite = () => undefined;
          // What looks as if it had come back may have stopped it: a person resets it.
          for (let run_ = 0; run_ < 40 && queues.allIn(dlq).length > 0; run_++) {
            await run({ action: 'reset' });
            handled.push(...consume());
            pass(settleMs);
          }
          expect(queues.allIn(dlq)).toEqual([]);
          expect([...new Set(handled)].sort()).toEqual([...all].sort());
          expect(handled.length - all.length).toBeLessThanOrEqual(deaths.length * 10);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});
