import { compareSequencers, type ObjectChange } from '../../../contracts/bucket-notifications.ts';
import { resultKey, type UploadDescription } from '../../../contracts/uploads.ts';

/** The change that a state was last brought up to date by. */
interface LatestChange {
  /** The version, or delete marker, that the key leads to; of what is gone, what it led to last. */
  readonly version_id: string;
  readonly sequencer: string;
  readonly changed_at: string;
}

/** What is known of what a key leads to. */
export type UploadState = LatestChange &
  (
    | ({ readonly status: 'described'; readonly result_key: string } & UploadDescription)
    /** Larger than is read. */
    | { readonly status: 'too_large'; readonly size: number; readonly uploaded_at: string }
    /** Put, and gone before it could be read. */
    | { readonly status: 'gone' }
    | { readonly status: 'deleted' }
  );

/** What came of reading one version of an upload. */
export type Reading =
  | { readonly found: 'content'; readonly description: UploadDescription }
  | { readonly found: 'too_large'; readonly size: number; readonly uploaded_at: string }
  | { readonly found: 'nothing' };

export type UploadOutcome =
  | 'described'
  /** A deletion made the key lead to this version, which is described. */
  | 'restored'
  | 'too_large'
  | 'gone'
  | 'deleted'
  | 'old_version_deleted'
  | 'already_described'
  | 'already_known'
  | 'outdated';

export type UploadDecision =
  /** Record `next`, if there is one; then it is done. */
  | { readonly action: 'settle'; readonly outcome: UploadOutcome; readonly next?: UploadState }
  /** Read a version, and settle with {@link settleReading}. */
  | { readonly action: 'read'; readonly versionId: string }
  /** Find out what the key leads to, and decide with {@link decideOnLatest}. */
  | { readonly action: 'look' };

/**
 * Decides what a change of an upload needs.
 *
 * Changes of a key may come in any order and any number of times. The latest wins, whichever comes first:
 * what is older than what is recorded changes nothing.
 */
export function decideChange(state: UploadState | undefined, change: ObjectChange): UploadDecision {
  const order = state === undefined ? 1 : compareSequencers(change.sequencer, state.sequencer);
  if (order < 0) return { action: 'settle', outcome: 'outdated' };
  if (order === 0) return { action: 'settle', outcome: 'already_known' };
  switch (change.kind) {
    case 'created':
      // A deletion that was heard of first has led to this version already.
      return isDescribed(state, change.version_id)
        ? { action: 'settle', outcome: 'already_described', next: { ...state, ...latest(change) } }
        : { action: 'read', versionId: change.version_id };
    case 'hidden':
      return { action: 'settle', outcome: 'deleted', next: { status: 'deleted', ...latest(change) } };
    case 'version_deleted':
      return { action: 'look' };
  }
}

/**
 * Decides what the deletion of a version needs, by the version that the key leads to now: that of a delete
 * marker brings an object back, that of an old version changes nothing.
 */
export function decideOnLatest(
  state: UploadState | undefined,
  change: ObjectChange,
  versionId: string | undefined,
): UploadDecision {
  if (versionId === undefined) {
    return { action: 'settle', outcome: 'deleted', next: { status: 'deleted', ...latest(change) } };
  }
  return isDescribed(state, versionId)
    ? {
        action: 'settle',
        outcome: 'old_version_deleted',
        next: { ...state, ...latest(change, versionId) },
      }
    : { action: 'read', versionId };
}

/** What to record of a version that was read. */
export function settleReading(
  change: ObjectChange,
  versionId: string,
  reading: Reading,
): Extract<UploadDecision, { action: 'settle' }> {
  const known = latest(change, versionId);
  switch (reading.found) {
    case 'content':
      return {
        action: 'settle',
        outcome: change.kind === 'created' ? 'described' : 'restored',
        next: {
          status: 'described',
          ...known,
          result_key: resultKey(change.key, versionId),
          ...reading.description,
        },
      };
    case 'too_large':
      return {
        action: 'settle',
        outcome: 'too_large',
        next: { status: 'too_large', ...known, size: reading.size, uploaded_at: reading.uploaded_at },
      };
    case 'nothing':
      return { action: 'settle', outcome: 'gone', next: { status: 'gone', ...known } };
  }
}

function isDescribed(state: UploadState | undefined, versionId: string): state is UploadState {
  return state?.version_id === versionId && (state.status === 'described' || state.status === 'too_large');
}

function latest(change: ObjectChange, versionId = change.version_id): LatestChange {
  return { version_id: versionId, sequencer: change.sequencer, changed_at: change.at };
}
