import { objectIdOf } from '../../contracts/stored-objects.ts';

const upload = { bucket: 'uploads', key: 'incoming/cat.jpg', version_id: 'v1' };

describe('the id of an object', () => {
  it('is the same for the same version of an object', () => {
    expect(objectIdOf({ ...upload })).toBe(objectIdOf(upload));
    expect(objectIdOf(upload)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('differs with bucket, key and version', () => {
    const ids = [
      upload,
      { ...upload, bucket: 'other' },
      { ...upload, key: 'incoming/dog.jpg' },
      { ...upload, version_id: 'v2' },
    ];
    expect(new Set(ids.map(objectIdOf)).size).toBe(4);
  });
});
