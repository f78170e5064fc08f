import type { ArchivedObject, Archives } from '../../../cli/archive/archives.ts';
import { selectObjects } from '../../../cli/replay/archive-selection.ts';
import { eventsIn } from '../../../cli/replay/selected-events.ts';
import { typeFolder } from '../../../contracts/event-archive.ts';
import { archivedLine } from '../archived-orders.ts';

interface Kept extends ArchivedObject {
  readonly content: readonly string[];
}

function object(name: string, writtenAt: string, ids: readonly string[], frozenIn?: string): Kept {
  const date = writtenAt.slice(0, 10);
  return {
    key: `${typeFolder(date, 'order_placed')}${name}`,
    bytes: 1,
    writtenAt: Date.parse(writtenAt),
    content: ids.map(id => archivedLine(id, writtenAt)),
    ...(frozenIn && { frozenIn }),
  };
}

function archiveOf(...objects: readonly Kept[]): Archives {
  return {
    buckets: async () => [],
    folders: async () => [...new Set(objects.map(({ key }) => key.replace(/type=.*/, '')))].sort(),
    async *objects(_, folder) {
      yield* objects.filter(({ key }) => key.startsWith(folder));
    },
    async *lines(_, key, from) {
      yield* objects.find(other => other.key === key)?.content.slice(from) ?? [];
    },
  };
}

const window = { from: Date.parse('2026-11-01'), to: Date.parse('2026-11-03') };
const selection = { bucket: 'archive', window, types: [], lateMs: 0 };

async function idsFrom(archives: Archives, position?: Parameters<typeof eventsIn>[4]) {
  const { objects } = await selectObjects(archives, selection);
  const ids: string[] = [];
  for await (const read of eventsIn(archives, 'archive', objects, window, position)) {
    if ('event' in read) ids.push(read.event.messageId.replace('published-', ''));
  }
  return ids;
}

const first = object('b', '2026-11-01T10:00:00Z', ['1', '2']);
const second = object('a', '2026-11-01T11:00:00Z', ['3', '4']);
const third = object('c', '2026-11-02T09:00:00Z', ['5']);

describe('events of an archive', () => {
  it('come day by day, as they were written', async () => {
    expect(await idsFrom(archiveOf(third, second, first))).toEqual(['1', '2', '3', '4', '5']);
  });

  it('are looked for on days that have some, however long the window', async () => {
    const archive = archiveOf(first, second, third);
    const listed: string[] = [];
    const watched: Archives = {
      ...archive,
      objects: (bucket, folder) => {
        listed.push(folder);
        return archive.objects(bucket, folder);
      },
    };

    await selectObjects(watched, { ...selection, window: { from: 0, to: window.to } });

    expect(listed).toEqual(['events/date=2026-11-01/', 'events/date=2026-11-02/']);
  });

  it('come from the line on where a replay stopped', async () => {
    const { key, writtenAt } = second;
    expect(await idsFrom(archiveOf(first, second, third), { key, writtenAt, line: 1 })).toEqual(['4', '5']);
  });

  it('come from the next object on where that one is not there any more', async () => {
    const { key, writtenAt } = second;
    const position = { key, writtenAt, line: 1 };
    expect(await idsFrom(archiveOf(first, third), position)).toEqual(['5']);
    const later = object('d', '2026-11-01T12:00:00Z', ['later']);
    expect(await idsFrom(archiveOf(first, third, later), position)).toEqual(['later', '5']);
    expect(await idsFrom(archiveOf(first), position)).toEqual([]);
  });

  it('are not looked for in objects that were written before the time', async () => {
    const morning = { ...selection, window: { from: Date.parse('2026-11-01T10:30:00Z'), to: window.to } };
    const { objects } = await selectObjects(archiveOf(first, second), morning);
    expect(objects.map(({ key }) => key)).toEqual([second.key]);
  });

  it('cannot be read while they are in deep archive: the first few are named', async () => {
    const frozen = Array.from({ length: 5 }, (_, index) =>
      object(`f${index}`, '2026-11-01T10:00:00Z', [], 'DEEP_ARCHIVE'),
    );
    await expect(selectObjects(archiveOf(first, ...frozen), selection)).rejects.toThrow(
      /^5 of 6 objects are in DEEP_ARCHIVE and must be restored first.*\n( {2}aws s3api restore-object --bucket archive --key '.*\/f[012]'.*\n){3} {2}and so on/,
    );
  });
});
