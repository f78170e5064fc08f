import { EventEmitter } from 'node:events';
import type { LocalCloud, LocalStack } from '../../../local/cloud.ts';
import { RunningSystems } from '../../../local/scenarios/running-system.ts';

const stack = (name: string) =>
  ({ name, resources: [], savedQueries: [], outputs: {} }) as unknown as LocalStack;

it('keeps apart what the programs of systems log, whose outcomes may have the same names', () => {
  const events = new EventEmitter();
  const stacks = [stack('orders'), stack('parcels')];
  const cloud = { endpoint: 'http://127.0.0.1:1', stacks, outbox: [], events };
  const systems = new RunningSystems(cloud as unknown as LocalCloud);
  const [orders] = stacks.map(each => systems.of(each));

  events.emit('log', { functionName: 'orders-Payment1', json: { outcome: 'charged', order_id: '1' } });
  events.emit('log', { functionName: 'orders-Payment1', json: { message: 'no outcome' } });
  events.emit('log', { functionName: 'parcels-Tracker2', json: { outcome: 'charged', order_id: '1' } });

  expect(orders?.log).toEqual([
    { functionName: 'orders-Payment1', fields: { outcome: 'charged', order_id: '1' } },
  ]);
  expect(orders?.logOf('parcels')).toHaveLength(1);
  systems.close();
});
