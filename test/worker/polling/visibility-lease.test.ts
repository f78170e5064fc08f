import { MessageGoneError } from '../../../worker/polling/job-queue.ts';
import { VisibilityLease, VisibilityLostError } from '../../../worker/polling/visibility-lease.ts';
import { throughout, until } from '../support/until.ts';

/** A lease with a heartbeat every tenth of a second, and what it told. */
function lease(hide: (seconds: number) => Promise<void>, visibilitySeconds = 0.5) {
  const told = { failed: [] as number[], lost: [] as VisibilityLostError[], beats: 0 };
  const made = new VisibilityLease({
    hide: seconds => {
      told.beats += 1;
      return hide(seconds);
    },
    visibilitySeconds,
    heartbeatSeconds: 0.1,
    onHeartbeatFailed: (_, secondsLeft) => told.failed.push(secondsLeft),
    onLost: error => told.lost.push(error),
  });
  return { lease: made, told };
}

describe('VisibilityLease', () => {
  it('extends the visibility at every heartbeat, until it ends', async () => {
    const asked: number[] = [];
    // Long enough that a busy machine does not let it run out.
    const { lease: held, told } = lease(async seconds => void asked.push(seconds), 1.5);

    await until('heartbeats beyond the visibility timeout', () => told.beats >= 16);
    await held.end();
    const beats = told.beats;
    await throughout(250, 'no heartbeat after the end', () => told.beats === beats);

    expect(new Set(asked)).toEqual(new Set([1.5]));
    expect(told.lost).toEqual([]);
  });

  it('survives failed heartbeats while the visibility timeout lasts', async () => {
    let calls = 0;
    const { lease: held, told } = lease(async () => {
      if (++calls % 2 === 1) throw new Error('no answer');
    }, 5);

    await until('several failures', () => told.failed.length >= 4);
    await held.end();

    expect(told.lost).toEqual([]);
    expect(Math.min(...told.failed)).toBeGreaterThan(0.1);
  });

  it('is lost when no heartbeat succeeds until the visibility timeout is over, and then stops', async () => {
    const began = performance.now();
    const { lease: held, told } = lease(async () => {
      throw new Error('no answer');
    });

    await until('the loss', () => told.lost.length > 0);
    const lostAfter = performance.now() - began;
    const beats = told.beats;
    await throughout(250, 'no heartbeat after the loss', () => told.beats === beats);
    await held.end();

    expect(lostAfter).toBeGreaterThanOrEqual(490);
    expect(told.failed.length).toBeGreaterThanOrEqual(3);
    expect(told.lost).toEqual([expect.any(VisibilityLostError)]);
  });

  it('is lost in time when heartbeats hang', async () => {
    const hanging = Promise.withResolvers<void>();
    const { lease: held, told } = lease(() => hanging.promise);

    await until('the loss', () => told.lost.length > 0, 1_500);
    hanging.resolve();
    await held.end();

    expect(told.beats).toBe(1);
  });

  it('is lost at once when SQS says that the message is gone', async () => {
    const began = performance.now();
    const { lease: held, told } = lease(async () => {
      throw new MessageGoneError('MessageNotInflight');
    });

    await until('the loss', () => told.lost.length > 0);
    await held.end();

    expect(performance.now() - began).toBeLessThan(450);
    expect(told.beats).toBe(1);
  });

  it('waits at its end for a heartbeat that is on its way, which would hide the message again', async () => {
    const onItsWay = Promise.withResolvers<void>();
    const { lease: held, told } = lease(() => onItsWay.promise);
    await until('a heartbeat', () => told.beats === 1);

    let ended = false;
    const end = held.end().then(() => {
      ended = true;
    });
    await throughout(50, 'the end waits', () => !ended);
    onItsWay.resolve();
    await end;

    expect(told.lost).toEqual([]);
  });
});
