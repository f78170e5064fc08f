import * as v from 'valibot';
import { encodePointer, payloadPointer } from '../../contracts/claim-check.ts';

const pointer = { bucket: 'payloads', key: 'cf56a8ab-5d6e-4f5d-8f1a-2f2b1b9d7a10' };

describe('encodePointer', () => {
  it('writes a pointer byte for byte as the Java library does', () => {
    expect(encodePointer(pointer)).toBe(
      '["software.amazon.payloadoffloading.PayloadS3Pointer",' +
        '{"s3BucketName":"payloads","s3Key":"cf56a8ab-5d6e-4f5d-8f1a-2f2b1b9d7a10"}]',
    );
  });
});

describe('payloadPointer', () => {
  const read = (content: unknown) => {
    const { success, output } = v.safeParse(payloadPointer, content);
    return success ? output : undefined;
  };
  const place = { s3BucketName: pointer.bucket, s3Key: pointer.key };

  it.each([
    'software.amazon.payloadoffloading.PayloadS3Pointer',
    'com.amazon.sqs.javamessaging.MessageS3Pointer',
  ])('reads a pointer of the class %s, with fields that it does not know', name => {
    expect(read([name, { ...place, s3Region: 'eu-west-1' }])).toEqual(pointer);
  });

  it.each([
    ['of another class', ['java.lang.Runtime', place]],
    ['without a key', ['software.amazon.payloadoffloading.PayloadS3Pointer', { s3BucketName: 'payloads' }]],
    [
      'with an empty key',
      ['software.amazon.payloadoffloading.PayloadS3Pointer', { s3BucketName: 'payloads', s3Key: '' }],
    ],
    ['with more after it', ['software.amazon.payloadoffloading.PayloadS3Pointer', place, place]],
    ['that is an event', { event_type: 'order_placed' }],
  ])('takes none %s', (_, content) => {
    expect(read(content)).toBeUndefined();
  });
});
