import { lookUpArchive } from '../../../cli/archive/archive-lookup.ts';
import type { Archives } from '../../../cli/archive/archives.ts';

const bucket = (region: string) => `event-archive-archive-events-111122223333-${region}-an`;

function among(...names: readonly string[]): Archives {
  return {
    buckets: async prefix => names.filter(name => name.startsWith(prefix)),
  } as Partial<Archives> as Archives;
}

describe('the bucket of an archive', () => {
  it('is known by the stack, and by the region where there are several', async () => {
    const all = among(bucket('eu-west-1'), bucket('us-east-1'), 'event-archive-archive-events-copy');
    expect(await lookUpArchive(all, 'event-archive', 'us-east-1')).toBe(bucket('us-east-1'));
    expect(await lookUpArchive(among(bucket('eu-west-1')), 'event-archive', undefined)).toBe(
      bucket('eu-west-1'),
    );
  });

  it('has to be named where it is not clear which', async () => {
    await expect(
      lookUpArchive(among(bucket('eu-west-1'), bucket('us-east-1')), 'event-archive', undefined),
    ).rejects.toThrow(/There are several archives of event-archive: .*Say which one: --bucket <name>\./);
  });

  it('is told of where it is in another region', async () => {
    await expect(lookUpArchive(among(bucket('eu-west-1')), 'event-archive', 'us-east-1')).rejects.toThrow(
      `There is no archive of the stack event-archive in us-east-1: no bucket event-archive-archive-events-….\nElsewhere there is ${bucket('eu-west-1')}.`,
    );
  });
});
