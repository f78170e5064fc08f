import type { ObjectChange } from '../../contracts/bucket-notifications.ts';
import { incomingPrefix, resultKey, type UploadResult } from '../../contracts/uploads.ts';
import { PermanentFailure } from '../shared/failures.ts';
import type { Delivery, Handled } from '../shared/message-consumer.ts';
import { onCurrentState, type VersionedStates } from '../shared/versioned-items.ts';
import { describe } from './describe.ts';
import {
  decideChange,
  decideOnLatest,
  type Reading,
  settleReading,
  type UploadDecision,
  type UploadState,
} from './domain/upload.ts';
import type { UploadedObjects } from './uploaded-objects.ts';

/** A notification of what is no upload of this bucket: the notifications are set up wrong. */
export class NotAnUploadError extends PermanentFailure {
  override readonly name = 'NotAnUploadError';
}

/** Where it is written what was found in uploads. */
export interface Results {
  /** Writes a result unless it is there already: results of one version do not differ. */
  write(key: string, result: UploadResult): Promise<void>;
}

export interface UploadPorts {
  /** Bucket whose uploads these are. */
  readonly bucket: string;
  readonly uploads: VersionedStates<UploadState>;
  readonly objects: UploadedObjects;
  readonly results: Results;
  /** An object with more bytes is not read. */
  readonly maxObjectBytes: number;
}

/** Left of an invocation to record what was read, and to answer. */
const reserveMs = 5_000;

/**
 * Keeps the record of what each key leads to, and writes what was found in each version.
 *
 * The result is written before the record: a delivery that dies in between is made good by the next, which
 * reads the same version and finds the same.
 */
export function uploadProcessing({ bucket, uploads, objects, results, maxObjectBytes }: UploadPorts) {
  return async (change: ObjectChange, delivery: Delivery): Promise<Handled> => {
    requireUpload(change);
    const { key } = change;
    const readings = new Map<string, Reading>();
    const { outcome, next } = await onCurrentState(uploads, key, await uploads.read(key), async seen => {
      const decision = await settle(decideChange(seen?.state, change), seen?.state);
      if (decision.next !== undefined) await uploads.write(key, decision.next, seen);
      return decision;
    });
    return { outcome, details: detailsOf(change, next) };

    async function settle(decision: UploadDecision, state: UploadState | undefined) {
      if (decision.action === 'look') {
        return settle(decideOnLatest(state, change, await objects.latestVersion(key)), state);
      }
      if (decision.action === 'settle') return decision;
      const { versionId } = decision;
      // Another delivery may have come in between: what was read once is not read again for that.
      const reading = readings.get(versionId) ?? (await read(versionId));
      readings.set(versionId, reading);
      return settleReading(change, versionId, reading);
    }

    async function read(versionId: string): Promise<Reading> {
      const object = await objects.open(key, versionId, delivery.remainingTimeInMs() - reserveMs);
      if (object === undefined) return { found: 'nothing' };
      if (object.size > maxObjectBytes) {
        object.discard();
        return { found: 'too_large', size: object.size, uploaded_at: object.uploadedAt };
      }
      const description = await describe(object);
      await results.write(resultKey(key, versionId), { bucket, key, version_id: versionId, ...description });
      return { found: 'content', description };
    }
  };

  function requireUpload({ bucket: from, key }: ObjectChange): void {
    if (from === bucket && key.startsWith(incomingPrefix)) return;
    throw new NotAnUploadError(
      `The notification is of "${key}" in bucket ${from}; allowed: keys that begin with ${incomingPrefix} in ${bucket}. ` +
        "Compare the filters of the bucket's notifications with that.",
    );
  }
}

function detailsOf(change: ObjectChange, state: UploadState | undefined) {
  return {
    object_key: change.key,
    change: change.kind,
    version_id: change.version_id,
    sequencer: change.sequencer,
    correlation_id: change.request_id,
    ...(state?.status === 'described' && { result_key: state.result_key, size: state.size }),
  };
}
