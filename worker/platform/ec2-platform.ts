import { setTimeout as sleep } from 'node:timers/promises';
import { errorFrom } from '../failures.ts';
import type { Log } from '../observability/log.ts';
import type { Shutdown } from '../shutdown.ts';
import type { InstanceMetadata } from './instance-metadata.ts';
import { isTerminating, spotInterruption } from './instance-notices.ts';
import type { LifecycleAction } from './lifecycle-action.ts';
import type { Platform } from './platform.ts';

export interface Ec2PlatformOptions {
  readonly metadata: InstanceMetadata;
  /** The terminating hook's action; none where the group has no hook. */
  readonly lifecycleAction: LifecycleAction | undefined;
  readonly noticeIntervalMs: number;
  readonly lifecycleHeartbeatMs: number;
  /** How long jobs may go on after a scale-in notice: as long as any job may take. */
  readonly scaleInMs: number;
  readonly log: Log;
  /**
   * Pauses before the lifecycle action is completed again. The first tries may come before the instance
   * waits: its target state is set first.
   *
   * @default 1 s, doubled four times
   */
  readonly completePausesMs?: readonly number[];
}

/** Of a spot notice's time, what is kept for releasing jobs. */
const spotMarginMs = 10_000;

/**
 * An instance of an Auto Scaling group: sees spot interruptions and scale-in in the instance metadata, keeps
 * the lifecycle hook waiting while jobs end, and completes its action when they have.
 */
export class Ec2Platform implements Platform {
  readonly #options: Ec2PlatformOptions;
  readonly #seen = new Set<'spot-interruption' | 'scale-in'>();
  #looking: NodeJS.Timeout | undefined;
  #heartbeats: NodeJS.Timeout | undefined;
  #metadataDown = false;

  constructor(options: Ec2PlatformOptions) {
    this.#options = options;
  }

  async watch(shutdown: Shutdown): Promise<void> {
    await this.#look(shutdown);
    const lookAgain = () => {
      this.#looking = setTimeout(async () => {
        await this.#look(shutdown);
        if (this.#looking !== undefined) lookAgain();
      }, this.#options.noticeIntervalMs);
    };
    lookAgain();
  }

  jobsInHand(): void {}

  async drained(): Promise<void> {
    clearTimeout(this.#looking);
    this.#looking = undefined;
    clearInterval(this.#heartbeats);
    const { lifecycleAction, log } = this.#options;
    if (!this.#seen.has('scale-in') || lifecycleAction === undefined) return;
    for (const pauseMs of [...(this.#options.completePausesMs ?? [1_000, 2_000, 4_000, 8_000, 16_000]), 0]) {
      try {
        await lifecycleAction.complete();
        log.info('Lifecycle action completed');
        return;
      } catch (error) {
        log.warn('Lifecycle action not completed', { retry_in_ms: pauseMs, error: errorFrom(error) });
        await sleep(pauseMs);
      }
    }
    log.error('Lifecycle action given up: the group goes on when the hook times out');
  }

  async #look(shutdown: Shutdown): Promise<void> {
    const { metadata, scaleInMs, log } = this.#options;
    try {
      const spot = await spotInterruption(metadata);
      if (spot !== undefined && this.#isNew('spot-interruption')) {
        log.warn('Spot interruption', { action: spot.action, in_ms: spot.inMs });
        shutdown.request('spot-interruption', Math.max(0, spot.inMs - spotMarginMs));
      }
      if ((await isTerminating(metadata)) && this.#isNew('scale-in')) {
        log.info('The group terminates this instance');
        this.#keepWaiting();
        shutdown.request('scale-in', scaleInMs);
      }
      this.#metadataDown = false;
    } catch (error) {
      if (!this.#metadataDown) log.warn('Instance metadata not read', { error: errorFrom(error) });
      this.#metadataDown = true;
    }
  }

  #isNew(notice: 'spot-interruption' | 'scale-in'): boolean {
    const isNew = !this.#seen.has(notice);
    this.#seen.add(notice);
    return isNew;
  }

  #keepWaiting(): void {
    const { lifecycleAction, lifecycleHeartbeatMs, log } = this.#options;
    if (lifecycleAction === undefined) return;
    this.#heartbeats = setInterval(() => {
      lifecycleAction.heartbeat().catch((error: unknown) => {
        log.warn('Lifecycle heartbeat failed', { error: errorFrom(error) });
      });
    }, lifecycleHeartbeatMs);
  }
}
