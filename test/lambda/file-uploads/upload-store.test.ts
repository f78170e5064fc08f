import type { UploadState } from '../../../lambda/file-uploads/domain/upload.ts';
import { uploadStore } from '../../../lambda/file-uploads/upload-store.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';

const known = { version_id: 'v1', sequencer: '00AB', changed_at: '2026-01-02T03:04:05.678Z' };
const states: UploadState[] = [
  {
    status: 'described',
    ...known,
    result_key: 'results/a.txt/v1.json',
    size: 5,
    sha256: 'a'.repeat(64),
    declared_type: 'text/plain',
    detected_type: 'text/plain',
    first_bytes: '68656c6c6f',
    uploaded_at: '2026-01-02T03:04:05.000Z',
  },
  { status: 'too_large', ...known, size: 9_000_000_000, uploaded_at: '2026-01-02T03:04:05.000Z' },
  { status: 'gone', ...known },
  { status: 'deleted', ...known },
];

describe('uploadStore', () => {
  let server: DynamoDbServer;

  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  afterAll(() => server.stop());

  it.each(states)('keeps what is known of an upload: $status', async state => {
    const tableName = await server.createTable();
    const store = uploadStore(server.documents, tableName);

    await store.write('incoming/über uns.txt', state, undefined);

    await expect(store.read('incoming/über uns.txt')).resolves.toEqual({ state, version: 1 });
    await expect(server.item(tableName, 'UPLOAD#incoming/über uns.txt')).resolves.toMatchObject({
      object_key: 'incoming/über uns.txt',
      status: state.status,
    });
  });

  it('keeps the longest key that S3 takes', async () => {
    const store = uploadStore(server.documents, await server.createTable());
    const key = `incoming/${'ü'.repeat(507)}`;
    const [state] = states as [UploadState];

    await store.write(key, state, undefined);

    await expect(store.read(key)).resolves.toMatchObject({ version: 1 });
  });
});
