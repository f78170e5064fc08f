import { Shutdown } from '../../worker/shutdown.ts';
import { throughout } from './support/until.ts';

describe('Shutdown', () => {
  it('tells the first request', async () => {
    const shutdown = new Shutdown();
    expect(shutdown.isRequested).toBe(false);
    shutdown.request('scale-in', 5_000);
    shutdown.request('signal', 1_000);
    expect(await shutdown.requested).toEqual({ cause: 'scale-in', withinMs: 5_000 });
    expect([...shutdown.causes]).toEqual(['scale-in', 'signal']);
    shutdown.settle();
  });

  it('keeps the earliest deadline', async () => {
    const shutdown = new Shutdown();
    let over = false;
    void shutdown.deadline.then(() => {
      over = true;
    });
    shutdown.request('scale-in', 60_000);
    await throughout(50, 'the deadline is far', () => !over);
    shutdown.request('spot-interruption', 30);
    shutdown.request('signal', 60_000);
    await shutdown.deadline;
  });

  it('has no deadline any more when it is settled', async () => {
    const shutdown = new Shutdown();
    let over = false;
    void shutdown.deadline.then(() => {
      over = true;
    });
    shutdown.request('signal', 30);
    shutdown.settle();
    await throughout(100, 'no deadline', () => !over);
  });
});
