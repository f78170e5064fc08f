import { ImpossibleJobError } from '../../failures.ts';
import { boxAt } from './boxes.ts';

/** Where a frame lies in the file, and when it is shown. */
export interface Sample {
  readonly offset: number;
  readonly size: number;
  /** In units of the track's time scale. */
  readonly time: number;
}

/** Version and flags before the content of most boxes. */
const fullBoxBytes = 4;

/**
 * The frames of a track, as its sample table tells of them: in runs of the same duration, in runs of
 * chunks with the same number of frames, and by the offsets of the chunks.
 *
 * @throws ImpossibleJobError when a table is missing or promises more than it holds.
 * @see https://developer.apple.com/documentation/quicktime-file-format/sample_table_atom
 */
export class SampleTable {
  /** How many frames there are; none in a file that holds them in fragments. */
  readonly count: number;
  readonly #durations: Entries;
  readonly #chunkRuns: Entries;
  readonly #chunkOffsets: Entries;
  /** Size of every frame; 0 where each has its own. */
  readonly #uniformSize: number;
  readonly #sizes: Entries | undefined;

  constructor(stbl: DataView) {
    const sizes = tableOf(stbl, 'stsz');
    this.#uniformSize = sizes.getUint32(fullBoxBytes);
    this.#sizes = this.#uniformSize === 0 ? new Entries('stsz', sizes, 4, fullBoxBytes + 4) : undefined;
    this.count = this.#sizes?.count ?? sizes.getUint32(fullBoxBytes + 4);
    this.#durations = new Entries('stts', tableOf(stbl, 'stts'), 8);
    this.#chunkRuns = new Entries('stsc', tableOf(stbl, 'stsc'), 12);
    const large = boxAt(stbl, 'co64');
    this.#chunkOffsets = large
      ? new Entries('co64', large, 8)
      : new Entries('stco', tableOf(stbl, 'stco'), 4);
  }

  /** @throws ImpossibleJobError when the tables do not lead to it. */
  sample(index: number): Sample {
    const { chunk, firstInChunk } = this.#chunkOf(index);
    return {
      offset: this.#chunkOffsets.offsetAt(chunk) + this.#bytesBetween(firstInChunk, index),
      size: this.#bytesBetween(index, index + 1),
      time: this.#timeOf(index),
    };
  }

  /** Bytes of the frames from one on, up to but without another. */
  #bytesBetween(first: number, end: number): number {
    // Not added up where all are alike: a header of a few bytes can promise four thousand million of them.
    if (this.#sizes === undefined) return (end - first) * this.#uniformSize;
    let bytes = 0;
    for (let index = first; index < end; index++) bytes += this.#sizes.at(index, 0);
    return bytes;
  }

  #chunkOf(index: number): { chunk: number; firstInChunk: number } {
    let firstInRun = 0;
    for (let run = 0; run < this.#chunkRuns.count; run++) {
      const firstChunk = this.#chunkRuns.at(run, 0) - 1;
      const perChunk = this.#chunkRuns.at(run, 4);
      const endChunk =
        run + 1 < this.#chunkRuns.count ? this.#chunkRuns.at(run + 1, 0) - 1 : this.#chunkOffsets.count;
      const inRun = Math.max(0, endChunk - firstChunk) * perChunk;
      if (index < firstInRun + inRun) {
        const chunksBefore = Math.floor((index - firstInRun) / perChunk);
        return { chunk: firstChunk + chunksBefore, firstInChunk: firstInRun + chunksBefore * perChunk };
      }
      firstInRun += inRun;
    }
    throw new ImpossibleJobError(`The video's tables do not say where frame ${index} is.`);
  }

  #timeOf(index: number): number {
    let time = 0;
    let left = index;
    for (let run = 0; run < this.#durations.count && left > 0; run++) {
      const frames = Math.min(left, this.#durations.at(run, 0));
      time += frames * this.#durations.at(run, 4);
      left -= frames;
    }
    return time;
  }
}

/** Entries of one size after their count. */
class Entries {
  readonly count: number;
  readonly #view: DataView;
  readonly #size: number;
  readonly #start: number;

  constructor(name: string, view: DataView, size: number, countAt = fullBoxBytes) {
    const start = countAt + 4;
    const count = view.byteLength < start ? 0 : view.getUint32(countAt);
    // A number of four bytes must not decide how much is looked at.
    if (view.byteLength < start || count * size > view.byteLength - start) {
      throw new ImpossibleJobError(`The video's table ${name} is shorter than it says.`);
    }
    this.count = count;
    this.#view = view;
    this.#size = size;
    this.#start = start;
  }

  at(index: number, field: number): number {
    return this.#view.getUint32(this.#placeOf(index) + field);
  }

  offsetAt(index: number): number {
    const at = this.#placeOf(index);
    return this.#size === 8 ? Number(this.#view.getBigUint64(at)) : this.#view.getUint32(at);
  }

  #placeOf(index: number): number {
    if (index < 0 || index >= this.count)
      throw new ImpossibleJobError("The video's tables contradict each other.");
    return this.#start + index * this.#size;
  }
}

function tableOf(stbl: DataView, name: string): DataView {
  const table = boxAt(stbl, name);
  if (table === undefined || table.byteLength < fullBoxBytes + (name === 'stsz' ? 8 : 4)) {
    throw new ImpossibleJobError(`The video has no table ${name}.`);
  }
  return table;
}
