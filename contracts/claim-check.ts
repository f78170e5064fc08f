import * as v from 'valibot';
import { required } from './environment.ts';

/*
 * A body that is too large for a message waits in a bucket, and a pointer to it travels instead: the format
 * of Amazon's extended client libraries, so that their programs and these read each other's messages.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-managing-large-messages.html
 * @see https://github.com/awslabs/amazon-sqs-java-extended-client-lib
 * @see https://github.com/awslabs/amazon-sqs-python-extended-client-lib
 */

/** Attribute that says that the body is a pointer: a Number, how many bytes the body it leads to has. */
export const payloadSizeAttribute = 'ExtendedPayloadSize';

/** What the attribute was called by the libraries' first versions, which can be told to go on writing it. */
export const legacyPayloadSizeAttribute = 'SQSLargePayloadSize';

/** Java class that a pointer names. */
const pointerClass = 'software.amazon.payloadoffloading.PayloadS3Pointer';
const legacyPointerClass = 'com.amazon.sqs.javamessaging.MessageS3Pointer';

/**
 * Largest body that is stored or read: about what API Gateway takes in one request. The libraries allow 2 GB,
 * which no function here has the memory for.
 */
export const maxPayloadBytes = 10 * 1_048_576;

/** Where the body of a message is. */
export interface PayloadPointer {
  readonly bucket: string;
  readonly key: string;
}

/** A pointer as it stands in a message's body. */
export function encodePointer({ bucket, key }: PayloadPointer): string {
  return JSON.stringify([pointerClass, { s3BucketName: bucket, s3Key: key }]);
}

/** A pointer from the JSON of a message's body. */
export const payloadPointer = v.pipe(
  v.strictTuple([
    v.picklist([pointerClass, legacyPointerClass]),
    v.looseObject({ s3BucketName: required, s3Key: required }),
  ]),
  v.transform(([, { s3BucketName, s3Key }]): PayloadPointer => ({ bucket: s3BucketName, key: s3Key })),
);

/** What a function reads that stores bodies, or reads them. */
export const claimCheckEnvironment = { PAYLOAD_BUCKET: required };
