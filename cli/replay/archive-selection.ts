import { dayFolder, eventsFolder, typeInKey } from '../../contracts/event-archive.ts';
import type { ArchivedObject, Archives } from '../archive/archives.ts';
import { daysOf, momentText, type Window } from '../archive/window.ts';
import { CommandFailure } from '../command-errors.ts';

/** What of an archive is to be replayed. */
export interface Selection {
  readonly bucket: string;
  readonly window: Window;
  /** None for all. */
  readonly types: readonly string[];
  /** How much later than it was published an event may have arrived. */
  readonly lateMs: number;
}

/** Objects that may hold events of a selection, in the order in which they are read. */
export interface SelectedObjects {
  readonly objects: readonly ArchivedObject[];
  readonly bytes: number;
}

/** Clocks of two services. */
const clockSkewMs = 60_000;
const shownFrozen = 3;

/**
 * The objects that may hold events of a selection: by day, as they were written, so that events come about as
 * they were published. Listing them again gives the same order, with later ones behind.
 *
 * @throws CommandFailure when there are none, with what there is; or when some have to be restored first.
 */
export async function selectObjects(archives: Archives, selection: Selection): Promise<SelectedObjects> {
  const { bucket, window, types, lateMs } = selection;
  const selected: ArchivedObject[] = [];
  const typesThere = new Set<string>();
  // Only these are listed: of a window of years, most days may have no events.
  const daysThere = await daysIn(archives, bucket);
  for (const day of daysOf(window, lateMs)) {
    if (!daysThere.has(day)) continue;
    const ofDay: ArchivedObject[] = [];
    for await (const object of archives.objects(bucket, dayFolder(day))) {
      const type = typeInKey(object.key);
      // Written before the window began: so was all that it holds published.
      if (type === undefined || object.writtenAt + clockSkewMs < window.from) continue;
      typesThere.add(type);
      if (types.length === 0 || types.includes(type)) ofDay.push(object);
    }
    selected.push(...ofDay.sort(byWriting));
  }
  if (selected.length === 0) throw nothingThere(selection, typesThere, [...daysThere]);
  requireReadable(bucket, selected);
  return { objects: selected, bytes: selected.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Place of an object among those of its day. */
export function byWriting(
  a: Pick<ArchivedObject, 'key' | 'writtenAt'>,
  b: Pick<ArchivedObject, 'key' | 'writtenAt'>,
): number {
  return a.writtenAt - b.writtenAt || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Days that have events, in order. */
async function daysIn(archives: Archives, bucket: string): Promise<ReadonlySet<string>> {
  const folders = await archives.folders(bucket, eventsFolder);
  return new Set(folders.flatMap(folder => /date=([^/]+)/.exec(folder)?.[1] ?? []));
}

function nothingThere(
  { bucket, window, types }: Selection,
  typesThere: ReadonlySet<string>,
  daysThere: readonly string[],
): CommandFailure {
  const what = types.length > 0 ? types.join(', ') : 'Nothing';
  const head = `${what} ${types.length > 1 ? 'are' : 'is'} not archived`;
  const when = `from ${momentText(window.from)} to ${momentText(window.to)} in ${bucket}`;
  const text = types.length > 0 ? `${head} ${when}.` : `Nothing is archived ${when}.`;
  if (typesThere.size > 0) {
    return new CommandFailure(`${text} There are: ${[...typesThere].sort().join(', ')}.`);
  }
  const [first, last] = [daysThere[0], daysThere.at(-1)];
  return new CommandFailure(
    first
      ? `${text} The archive has events from ${first} to ${last}. Days are in UTC.`
      : `${text} The archive has no events at all: are events published to its topic?`,
  );
}

function requireReadable(bucket: string, objects: readonly ArchivedObject[]): void {
  const frozen = objects.filter(({ frozenIn }) => frozenIn);
  if (frozen.length === 0) return;
  throw new CommandFailure(
    [
      `${frozen.length} of ${objects.length} objects are in ${[...new Set(frozen.map(({ frozenIn }) => frozenIn))].join(', ')} and must be restored first, which takes hours:`,
      ...frozen
        .slice(0, shownFrozen)
        .map(
          ({ key }) =>
            `  aws s3api restore-object --bucket ${bucket} --key '${key}' --restore-request 'Days=7,GlacierJobParameters={Tier=Bulk}'`,
        ),
      ...(frozen.length > shownFrozen ? [`  and so on; all of a day at once with S3 Batch Operations.`] : []),
    ].join('\n'),
  );
}
