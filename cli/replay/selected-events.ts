import { typeInKey } from '../../contracts/event-archive.ts';
import { type ArchivedEvent, readArchivedLine } from '../archive/archived-event.ts';
import type { ArchivedObject, Archives } from '../archive/archives.ts';
import type { Window } from '../archive/window.ts';
import { byWriting } from './archive-selection.ts';
import type { Position } from './replay-state.ts';

/** A line of the archive that is an event of the window, or none at all. */
export type ReadLine = {
  /** Of the line that follows. */
  readonly next: Position;
  /** Number of the object among all, from 1. */
  readonly object: number;
  readonly type: string;
} & ({ readonly event: ArchivedEvent } | { readonly malformed: string });

/** Reads the events of a window from objects, one after the other, from a position on. */
export async function* eventsIn(
  archives: Archives,
  bucket: string,
  objects: readonly ArchivedObject[],
  window: Window,
  position: Position | undefined,
): AsyncGenerator<ReadLine> {
  const first = position ? startAmong(objects, position) : 0;
  for (const [index, { key, writtenAt }] of objects.entries()) {
    if (index < first) continue;
    const type = typeInKey(key) ?? '';
    let line = key === position?.key ? position.line : 0;
    for await (const text of archives.lines(bucket, key, line)) {
      line += 1;
      // Whoever puts records in may end them with a newline, and Data Firehose adds another.
      if (text.trim() === '') continue;
      const read = readArchivedLine(text, type);
      const place = { next: { key, writtenAt, line }, object: index + 1, type };
      if ('malformed' in read) yield { ...place, malformed: read.malformed };
      else if (read.publishedAt >= window.from && read.publishedAt < window.to)
        yield { ...place, event: read };
    }
  }
}

/** The object that a position is in, or the one that came after it, should it be gone. */
function startAmong(objects: readonly ArchivedObject[], position: Position): number {
  const own = objects.findIndex(({ key }) => key === position.key);
  if (own >= 0) return own;
  const next = objects.findIndex(object => {
    const [day, ofPosition] = [dayOf(object.key), dayOf(position.key)];
    return day === ofPosition ? byWriting(object, position) > 0 : day > ofPosition;
  });
  return next >= 0 ? next : objects.length;
}

function dayOf(key: string): string {
  return /date=([^/]+)/.exec(key)?.[1] ?? '';
}
