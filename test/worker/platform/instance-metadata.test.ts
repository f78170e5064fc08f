import { InstanceMetadata, InstanceMetadataError } from '../../../worker/platform/instance-metadata.ts';
import { isTerminating, spotInterruption } from '../../../worker/platform/instance-notices.ts';
import { StandInInstance } from '../support/instance.ts';

let instance: StandInInstance;
let metadata: InstanceMetadata;

beforeEach(async () => {
  instance = await new StandInInstance().start();
  metadata = new InstanceMetadata(instance.url);
});
afterEach(() => instance.close());

describe('InstanceMetadata', () => {
  it('gets a token once and reads values with it', async () => {
    expect(await metadata.get('instance-id')).toBe('i-0123456789abcdef0');
    expect(await metadata.get('spot/instance-action')).toBeUndefined();
    expect(instance.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /latest/api/token',
      'GET /latest/meta-data/instance-id',
      'GET /latest/meta-data/spot/instance-action',
    ]);
  });

  it('gets a new token when the old one is no longer valid', async () => {
    await metadata.get('instance-id');
    instance.tokens.clear();
    expect(await metadata.get('instance-id')).toBe('i-0123456789abcdef0');
    expect(instance.requests.filter(({ method }) => method === 'PUT')).toHaveLength(2);
  });

  it('needs a value that is not there in vain, saying what to do', async () => {
    expect(await metadata.need('instance-id', '')).toBe('i-0123456789abcdef0');
    await expect(metadata.need('tags/instance/team', 'Tag the instance.')).rejects.toThrow(
      'The instance metadata have no tags/instance/team. Tag the instance.',
    );
  });

  it('fails when the service fails', async () => {
    instance.down = true;
    await expect(metadata.get('instance-id')).rejects.toThrow(InstanceMetadataError);
  });

  it('fails when nothing listens, naming the endpoint', async () => {
    await instance.close();
    await expect(metadata.get('instance-id')).rejects.toThrow(`at ${instance.url} does not answer`);
  });
});

describe('spotInterruption', () => {
  const now = () => Date.parse('2026-05-04T10:00:00Z');
  const noticed = (value: unknown) => {
    instance.values.set('spot/instance-action', typeof value === 'string' ? value : JSON.stringify(value));
    return spotInterruption(metadata, now);
  };

  it('is none without a notice', async () => {
    expect(await spotInterruption(metadata, now)).toBeUndefined();
  });

  it('leaves the time until the notice comes true', async () => {
    expect(await noticed({ action: 'terminate', time: '2026-05-04T10:02:00Z' })).toEqual({
      action: 'terminate',
      inMs: 120_000,
    });
  });

  it('leaves no time when it is past, or when the instance hibernates, which begins at once', async () => {
    expect(await noticed({ action: 'stop', time: '2026-05-04T09:59:00Z' })).toMatchObject({ inMs: 0 });
    expect(await noticed({ action: 'hibernate', time: '2026-05-04T10:02:00Z' })).toMatchObject({ inMs: 0 });
  });

  it.each(['no JSON', { action: 'terminate' }, { action: 'terminate', time: 'soon' }])(
    'takes a notice that it cannot read for one of two minutes: %j',
    async notice => {
      expect(await noticed(notice)).toEqual({ action: 'unknown', inMs: 120_000 });
    },
  );
});

describe('isTerminating', () => {
  it.each([
    ['InService', false],
    ['Standby', false],
    ['Terminated', true],
    ['Warmed:Terminated', true],
    ['Warmed:Stopped', false],
  ])('in the target state %s: %s', async (state, expected) => {
    instance.values.set('autoscaling/target-lifecycle-state', state);
    expect(await isTerminating(metadata)).toBe(expected);
  });

  it('is not where there is no group', async () => {
    instance.values.delete('autoscaling/target-lifecycle-state');
    expect(await isTerminating(metadata)).toBe(false);
  });
});
