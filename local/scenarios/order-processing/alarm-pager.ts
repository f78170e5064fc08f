import type { RunningSystem } from '../scenario.ts';
import { TopicTap } from './topic-tap.ts';

/** What an alarm tells its topic, as far as it is looked at. */
export interface AlarmPage {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly NewStateValue: string;
  /** The signs that set a composite alarm off. */
  readonly TriggeringChildren?: readonly { readonly Arn: string }[];
}

/** Longest that a page is waited for. */
const patienceInMilliseconds = 30_000;

/** Somebody who is told of a system's alarms, and remembers all that was told. */
export class AlarmPager {
  readonly #tap: TopicTap;
  readonly #seen: AlarmPage[] = [];
  #read = 0;

  static async on(system: RunningSystem): Promise<AlarmPager> {
    return new AlarmPager(await TopicTap.on(system, system.output('AlarmTopicArn')));
  }

  private constructor(tap: TopicTap) {
    this.#tap = tap;
  }

  /** Everything that was told so far. */
  get seen(): readonly AlarmPage[] {
    return this.#seen;
  }

  /** The next page of that kind, after the one that was found last. */
  async next(isWanted: (page: AlarmPage) => boolean): Promise<AlarmPage> {
    const deadline = performance.now() + patienceInMilliseconds;
    for (;;) {
      const page = this.#seen[this.#read];
      if (page === undefined) {
        if (performance.now() > deadline) throw new Error(`no such page; there were ${this.#told()}`);
        const body = await this.#tap.poll();
        if (body !== undefined) this.#seen.push(JSON.parse(body) as AlarmPage);
        continue;
      }
      this.#read += 1;
      if (isWanted(page)) return page;
    }
  }

  close(): Promise<void> {
    return this.#tap.close();
  }

  #told(): string {
    return this.#seen.map(page => `${page.NewStateValue} of ${page.AlarmName}`).join(', ') || 'none';
  }
}
