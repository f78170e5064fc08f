import { createHash } from 'node:crypto';
import type { ObjectChange } from '../../contracts/bucket-notifications.ts';
import type { OpenedObject, UploadedObjects } from '../../lambda/file-uploads/uploaded-objects.ts';

interface StoredVersion {
  readonly versionId: string;
  /** Undefined for a delete marker. */
  readonly content: Buffer | undefined;
  readonly details: PutDetails;
}

export interface PutDetails {
  readonly declaredType?: string;
  readonly statedDigest?: string;
}

/** A bucket that keeps versions, in memory, and that tells of its changes as S3 does. */
export class VersionedBucket implements UploadedObjects {
  readonly name = 'uploads';
  /** What was told, in the order in which it happened. */
  readonly changes: ObjectChange[] = [];
  /** Each version that was read, as `<key>@<version>`. */
  readonly read: string[] = [];
  /** Each version that was let go unread. */
  readonly discarded: string[] = [];
  readonly #objects = new Map<string, StoredVersion[]>();
  #moment = 0;

  put(key: string, content: Buffer | string, details: PutDetails = {}): ObjectChange {
    return this.#add(key, 'created', Buffer.from(content), details);
  }

  /** Deletes as most do: the key leads to nothing, and every version stays. */
  hide(key: string): ObjectChange {
    return this.#add(key, 'hidden', undefined, {});
  }

  /** Deletes one version, or one delete marker, for good. */
  deleteVersion(key: string, versionId: string): ObjectChange {
    this.#objects.set(
      key,
      this.versions(key).filter(version => version.versionId !== versionId),
    );
    return this.#tell(key, 'version_deleted', versionId);
  }

  /** Versions and delete markers of a key, the latest last. */
  versions(key: string): StoredVersion[] {
    return this.#objects.get(key) ?? [];
  }

  async latestVersion(key: string): Promise<string | undefined> {
    const latest = this.versions(key).at(-1);
    return latest?.content === undefined ? undefined : latest.versionId;
  }

  async open(key: string, versionId: string): Promise<OpenedObject | undefined> {
    const version = this.versions(key).find(candidate => candidate.versionId === versionId);
    const content = version?.content;
    if (version === undefined || content === undefined) return undefined;
    const { read, discarded } = this;
    return {
      size: content.length,
      declaredType: version.details.declaredType ?? 'application/octet-stream',
      uploadedAt: '2026-01-02T03:04:05.000Z',
      statedDigest: version.details.statedDigest,
      content: (async function* () {
        read.push(`${key}@${versionId}`);
        for (let start = 0; start < content.length; start += 3) yield content.subarray(start, start + 3);
      })(),
      discard: () => discarded.push(`${key}@${versionId}`),
    };
  }

  #add(
    key: string,
    kind: ObjectChange['kind'],
    content: Buffer | undefined,
    details: PutDetails,
  ): ObjectChange {
    const versionId = `version-${this.#moment + 1}`;
    this.#objects.set(key, [...this.versions(key), { versionId, content, details }]);
    return this.#tell(key, kind, versionId);
  }

  #tell(key: string, kind: ObjectChange['kind'], versionId: string): ObjectChange {
    this.#moment += 1;
    const change: ObjectChange = {
      kind,
      bucket: this.name,
      key,
      version_id: versionId,
      sequencer: sequencerAt(this.#moment),
      at: new Date(1_767_323_045_000 + this.#moment).toISOString(),
      request_id: `REQUEST${this.#moment}`,
    };
    this.changes.push(change);
    return change;
  }
}

/** Sequencers of growing moments, of different lengths. */
export function sequencerAt(moment: number): string {
  const digits = `00${moment.toString(16).toUpperCase().padStart(6, '0')}`;
  // Trailing zeros say nothing.
  return moment % 3 === 0 ? digits.replace(/0+$/, '') || '0' : `${digits}0`;
}

export function sha256Of(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
