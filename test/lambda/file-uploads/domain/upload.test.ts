import type { ObjectChange } from '../../../../contracts/bucket-notifications.ts';
import type { UploadDescription } from '../../../../contracts/uploads.ts';
import {
  decideChange,
  decideOnLatest,
  settleReading,
  type UploadState,
} from '../../../../lambda/file-uploads/domain/upload.ts';

const description: UploadDescription = {
  size: 5,
  sha256: 'a'.repeat(64),
  declared_type: 'text/plain',
  detected_type: 'text/plain',
  first_bytes: '68656c6c6f',
  uploaded_at: '2026-01-02T03:04:05.000Z',
};

function change(kind: ObjectChange['kind'], versionId: string, sequencer: string): ObjectChange {
  return {
    kind,
    bucket: 'uploads',
    key: 'incoming/a.txt',
    version_id: versionId,
    sequencer,
    at: '2026-01-02T03:04:05.678Z',
    request_id: 'REQUEST',
  };
}

function described(versionId: string, sequencer: string): UploadState {
  return {
    status: 'described',
    version_id: versionId,
    sequencer,
    changed_at: '2026-01-01T00:00:00.000Z',
    result_key: `results/a.txt/${versionId}.json`,
    ...description,
  };
}

const latest = (versionId: string, sequencer: string) => ({
  version_id: versionId,
  sequencer,
  changed_at: '2026-01-02T03:04:05.678Z',
});

describe('a change', () => {
  it('of a key that is not known is acted upon, whatever it is', () => {
    expect(decideChange(undefined, change('created', 'v1', '01'))).toEqual({
      action: 'read',
      versionId: 'v1',
    });
    expect(decideChange(undefined, change('version_deleted', 'v1', '01'))).toEqual({ action: 'look' });
    expect(decideChange(undefined, change('hidden', 'm1', '01'))).toEqual({
      action: 'settle',
      outcome: 'deleted',
      next: { status: 'deleted', ...latest('m1', '01') },
    });
  });

  it.each(['created', 'hidden', 'version_deleted'] as const)('that is older changes nothing: %s', kind => {
    expect(decideChange(described('v2', '0055AF'), change(kind, 'v1', '0055AED6DCD90281E5'))).toEqual({
      action: 'settle',
      outcome: 'outdated',
    });
  });

  it.each(['created', 'hidden', 'version_deleted'] as const)(
    'that is known changes nothing, however its sequencer is written: %s',
    kind => {
      expect(decideChange(described('v1', '0055AF'), change(kind, 'v1', '0055af00'))).toEqual({
        action: 'settle',
        outcome: 'already_known',
      });
    },
  );

  it('that is newer is acted upon', () => {
    const state = described('v1', '0055AED6DCD90281E5');

    expect(decideChange(state, change('created', 'v2', '0055AF'))).toEqual({
      action: 'read',
      versionId: 'v2',
    });
    expect(decideChange(state, change('hidden', 'm2', '0055AF'))).toMatchObject({ outcome: 'deleted' });
    expect(decideChange(state, change('version_deleted', 'v1', '0055AF'))).toEqual({ action: 'look' });
  });

  it('whose version a deletion has led to already is recorded, and not read again', () => {
    expect(decideChange(described('v2', '03'), change('created', 'v2', '04'))).toEqual({
      action: 'settle',
      outcome: 'already_described',
      next: { ...described('v2', '03'), ...latest('v2', '04') },
    });
  });

  it('that brings back what was gone is read', () => {
    const gone: UploadState = { status: 'gone', ...latest('v1', '01') };

    expect(decideChange(gone, change('created', 'v1', '02'))).toEqual({ action: 'read', versionId: 'v1' });
  });
});

describe('the deletion of a version', () => {
  const deletion = change('version_deleted', 'v1', '05');

  it('after which the key leads to nothing is a deletion of the object', () => {
    expect(decideOnLatest(described('v1', '01'), deletion, undefined)).toEqual({
      action: 'settle',
      outcome: 'deleted',
      next: { status: 'deleted', ...latest('v1', '05') },
    });
  });

  it('after which the key leads where it did moves the record on, so that older news stay out', () => {
    const decision = decideOnLatest(described('v2', '03'), deletion, 'v2');

    expect(decision).toEqual({
      action: 'settle',
      outcome: 'old_version_deleted',
      next: { ...described('v2', '03'), ...latest('v2', '05') },
    });
  });

  it('after which the key leads elsewhere has that read', () => {
    expect(decideOnLatest(described('v1', '01'), deletion, 'v0')).toEqual({
      action: 'read',
      versionId: 'v0',
    });
    expect(decideOnLatest(undefined, deletion, 'v0')).toEqual({ action: 'read', versionId: 'v0' });
  });
});

describe('a version that was read', () => {
  it('is recorded with what was found, and where that is written', () => {
    expect(settleReading(change('created', 'v1', '01'), 'v1', { found: 'content', description })).toEqual({
      action: 'settle',
      outcome: 'described',
      next: {
        status: 'described',
        ...latest('v1', '01'),
        result_key: 'results/a.txt/v1.json',
        ...description,
      },
    });
  });

  it('because another was deleted is restored, under its own version', () => {
    expect(
      settleReading(change('version_deleted', 'v2', '05'), 'v1', { found: 'content', description }),
    ).toMatchObject({ outcome: 'restored', next: { ...latest('v1', '05') } });
  });

  it('in vain is recorded as such', () => {
    const created = change('created', 'v1', '01');

    expect(settleReading(created, 'v1', { found: 'nothing' })).toEqual({
      action: 'settle',
      outcome: 'gone',
      next: { status: 'gone', ...latest('v1', '01') },
    });
    expect(
      settleReading(created, 'v1', { found: 'too_large', size: 9, uploaded_at: '2026-01-01T00:00:00.000Z' }),
    ).toEqual({
      action: 'settle',
      outcome: 'too_large',
      next: { status: 'too_large', ...latest('v1', '01'), size: 9, uploaded_at: '2026-01-01T00:00:00.000Z' },
    });
  });
});
