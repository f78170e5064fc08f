import { Readable } from 'node:stream';
import { encodePointer } from '../../../contracts/claim-check.ts';
import { ClaimCheck, type ClaimCheckOptions } from '../../../lambda/shared/claim-check.ts';
import {
  BadMessageError,
  DependencyDownError,
  EventTooLargeError,
  ForeignPayloadError,
  PayloadGoneError,
} from '../../../lambda/shared/failures.ts';
import { downS3, StoredPayloads } from '../../support/stored-payloads.ts';

const key = 'a-key';

describe('ClaimCheck.deposit', () => {
  it('stores a body, and answers a pointer to it and its size in bytes', async () => {
    const payloads = new StoredPayloads();

    const claim = await payloads.claimCheck().deposit('"é€"');

    const [[storedKey, content] = ['', '']] = payloads.objects;
    expect(content).toBe('"é€"');
    expect(claim).toEqual({ body: encodePointer({ bucket: 'payloads', key: storedKey }), payloadBytes: 7 });
  });

  it('stores equal bodies under keys of their own, so that none can replace another', async () => {
    const payloads = new StoredPayloads();

    await payloads.claimCheck().deposit('{}');
    await payloads.claimCheck().deposit('{}');

    expect(payloads.objects.size).toBe(2);
  });

  it('fails when the body is larger than it takes, before anything is stored', async () => {
    const payloads = new StoredPayloads();
    const claimCheck = payloads.claimCheck({ maxBytes: 4 });

    await expect(claimCheck.deposit('"é"')).resolves.toMatchObject({ payloadBytes: 4 });
    await expect(claimCheck.deposit('"é."')).rejects.toThrow(EventTooLargeError);
    await expect(claimCheck.deposit('"é."')).rejects.toThrow('The body is 5 bytes; the claim check takes 4.');
    expect(payloads.objects.size).toBe(1);
  });

  it('fails with a passing failure when S3 is down', async () => {
    const claimCheck = new ClaimCheck({ s3: downS3, bucket: 'payloads' });

    await expect(claimCheck.deposit('{}')).rejects.toThrow(DependencyDownError);
  });
});

describe('ClaimCheck.redeem', () => {
  const pointer = encodePointer({ bucket: 'payloads', key });

  it('reads the body, also where it arrives in pieces that part a character', async () => {
    const payloads = new StoredPayloads();
    const body = JSON.stringify('€'.repeat(5_000));
    payloads.objects.set(key, body);

    await expect(payloads.claimCheck().redeem(pointer)).resolves.toBe(body);
  });

  it('leaves the body where it is: other queues have a pointer to it too', async () => {
    const payloads = new StoredPayloads();
    payloads.objects.set(key, '{}');
    const claimCheck = payloads.claimCheck();

    await claimCheck.redeem(pointer);

    await expect(claimCheck.redeem(pointer)).resolves.toBe('{}');
  });

  it('fails for good when the pointer leads to a bucket of somebody else, without reading there', async () => {
    let asked = 0;
    const s3 = { send: async () => ++asked } as unknown as ClaimCheckOptions['s3'];
    const redeeming = new ClaimCheck({ s3, bucket: 'payloads' }).redeem(
      encodePointer({ bucket: 'payroll', key }),
    );

    await expect(redeeming).rejects.toThrow(ForeignPayloadError);
    await expect(redeeming).rejects.toThrow(
      'The body is in the bucket "payroll"; this consumer reads payloads',
    );
    expect(asked).toBe(0);
  });

  it('fails for good when the body expired', async () => {
    const redeeming = new StoredPayloads().claimCheck().redeem(pointer);

    await expect(redeeming).rejects.toThrow(PayloadGoneError);
    await expect(redeeming).rejects.toThrow('There is no body a-key in payloads');
  });

  it.each(['{"event_type":"order_placed"}', '[]', 'no JSON'])(
    'fails for good when the body is no pointer: %s',
    async body => {
      await expect(new StoredPayloads().claimCheck().redeem(body)).rejects.toThrow(BadMessageError);
    },
  );

  it('fails for good when the body is larger than there is memory for, and reads none of it', async () => {
    const content = Readable.from(['x'.repeat(11)]);
    const s3 = {
      send: async () => ({ ContentLength: 11, Body: content }),
    } as unknown as ClaimCheckOptions['s3'];
    const redeeming = new ClaimCheck({ s3, bucket: 'payloads', maxBytes: 10 }).redeem(pointer);

    await expect(redeeming).rejects.toThrow(EventTooLargeError);
    expect(content.destroyed).toBe(true);
  });

  it('fails with a passing failure when S3 is down', async () => {
    const redeeming = new ClaimCheck({ s3: downS3, bucket: 'payloads' }).redeem(pointer);

    await expect(redeeming).rejects.toThrow(DependencyDownError);
  });

  it('fails with a passing failure when the content does not arrive', async () => {
    const s3 = {
      send: async () => ({ ContentLength: 1, Body: new Readable({ read: () => undefined }) }),
    } as unknown as ClaimCheckOptions['s3'];
    const redeeming = new ClaimCheck({ s3, bucket: 'payloads', readTimeoutMs: 1 }).redeem(pointer);

    await expect(redeeming).rejects.toThrow(DependencyDownError);
  });

  it('says of a refused permission that it is one', async () => {
    const refused = Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client' });
    const s3 = { send: () => Promise.reject(refused) } as unknown as ClaimCheckOptions['s3'];

    await expect(new ClaimCheck({ s3, bucket: 'payloads' }).redeem(pointer)).rejects.toBe(refused);
  });
});
