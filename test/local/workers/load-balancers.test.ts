import { LoadBalancers } from '../../../local/workers/load-balancers.ts';
import type { WorkerFleet } from '../../../local/workers/worker-fleet.ts';
import { WorkerFleets } from '../../../local/workers/worker-fleets.ts';

const listener = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/web/local/local';
const targets = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web/local';

/** A load balancer before processes that a test starts and ends. */
function balanced() {
  const workers = new WorkerFleets(1);
  const balancers = new LoadBalancers(workers);
  const pids: number[] = [];
  balancers.addListener(listener, targets);
  balancers.addServers(targets, { pids } as unknown as WorkerFleet);
  const tells = (pid: number, message = 'Server started') => {
    const json = { message, pid, url: `http://127.0.0.1:${pid}` };
    workers.events.emit('log', { functionName: 'web', stream: 'stdout', line: '', json } as never);
  };
  return { balancers, pids, tells };
}

const url = (pid: number) => `http://127.0.0.1:${pid}`;

it('lets those take turns that have told where they listen, and still run', () => {
  const { balancers, pids, tells } = balanced();
  const group = balancers.behind(listener);
  expect(group?.next()).toBeUndefined();
  pids.push(1, 2, 3);
  tells(1);
  tells(2);
  tells(3, 'Worker started');
  expect(new Set([group?.next(), group?.next()])).toEqual(new Set([url(1), url(2)]));
  pids.splice(0, 1);
  expect([group?.next(), group?.next()]).toEqual([url(2), url(2)]);
});

it('counts them by the names that metrics have', () => {
  const { balancers, pids, tells } = balanced();
  pids.push(1, 2);
  tells(1);
  expect(balancers.counts()).toEqual([
    { loadBalancer: 'app/web/local', targetGroup: 'targetgroup/web/local', up: 1 },
  ]);
});

it('knows no other listener', () => {
  expect(balanced().balancers.behind('another')).toBeUndefined();
});
