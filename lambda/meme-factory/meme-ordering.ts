import type { ObjectChange } from '../../contracts/bucket-notifications.ts';
import type { DrawMeme, MemeEvent } from '../../contracts/memes.ts';
import { objectIdOf, type StoredObject } from '../../contracts/stored-objects.ts';
import type { Handled } from '../shared/message-consumer.ts';
import { memeOrderFrom } from './domain/upload-metadata.ts';

export interface Uploads {
  /** Metadata of an upload; undefined where it is gone. */
  metadataOf(upload: StoredObject): Promise<Readonly<Record<string, string>> | undefined>;
}

export interface MemeOrderingPorts {
  readonly uploads: Uploads;
  readonly jobs: {
    send(job: DrawMeme): Promise<void>;
  };
  readonly results: {
    publish(event: MemeEvent): Promise<void>;
  };
}

/**
 * Orders the meme of an upload from the workers, or tells its owner why there will be none.
 *
 * An upload that is told of twice is ordered twice, under the same id: the second drawing changes nothing.
 */
export function memeOrdering({ uploads, jobs, results }: MemeOrderingPorts) {
  return async ({ kind, bucket, key, version_id, request_id }: ObjectChange): Promise<Handled> => {
    const upload: StoredObject = { bucket, key, version_id };
    const about = { meme_id: objectIdOf(upload), upload, correlation_id: request_id };
    const handled = (outcome: string, more: object = {}): Handled => ({
      outcome,
      details: { meme_id: about.meme_id, object_key: key, correlation_id: request_id, ...more },
    });
    if (kind !== 'created') return handled('passed_over');
    const metadata = await uploads.metadataOf(upload);
    if (metadata === undefined) return handled('gone');
    const order = memeOrderFrom(metadata);
    if ('reason' in order) {
      const { owner, reason } = order;
      await results.publish({ event_type: 'meme_failed', ...about, owner, reason });
      return handled('refused', { reason });
    }
    await jobs.send({ ...about, owner: order.owner, texts: order.texts });
    return handled('ordered');
  };
}
