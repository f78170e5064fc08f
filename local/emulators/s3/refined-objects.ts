import { AwsError } from '../aws-error.ts';
import type { Fauxqs, FauxqsObjectStore, StoredObject } from '../fauxqs.ts';
import type { BucketNotifications } from './bucket-notifications.ts';
import { BucketSettings, bucketSettings } from './bucket-settings.ts';
import { ObjectVersions } from './object-versions.ts';

/** A request on a bucket or an object, as far as it is looked at here. */
interface ObjectRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

interface ObjectReply {
  header(name: string, value: string): unknown;
}

/** An answer that is given here, and not by fauxqs. */
interface Answer {
  readonly status: number;
  readonly body?: string;
}

/** The request that is being answered: fauxqs's actions run from start to end without a pause. */
interface Current {
  readonly request: ObjectRequest;
  readonly reply: ObjectReply;
  readonly versionId: string | undefined;
}

/**
 * Adds to the S3 of fauxqs what systems that listen to buckets need: versions and delete markers, writes on the
 * condition that nothing is there, and notifications.
 */
export function refineObjects(fauxqs: Fauxqs, notifications: BucketNotifications): void {
  const objects = new RefinedObjects(fauxqs, notifications);
  fauxqs.app.addHook('preHandler', (request, reply, done) => {
    const answer = objects.begin(request, reply);
    if (answer === undefined) {
      done();
      return;
    }
    reply.status(answer.status).header('content-type', 'application/xml').send(answer.body);
  });
}

class RefinedObjects {
  readonly #store: FauxqsObjectStore;
  readonly #errorOf: Fauxqs['objectError'];
  readonly #notifications: BucketNotifications;
  readonly #settings: BucketSettings;
  /** Of the buckets that keep them. */
  readonly #versions = new Map<string, ObjectVersions<StoredObject>>();
  #current: Current | undefined;

  constructor({ objects, objectError }: Fauxqs, notifications: BucketNotifications) {
    this.#store = objects;
    this.#errorOf = objectError;
    this.#notifications = notifications;
    this.#settings = new BucketSettings(notifications, {
      isEnabled: bucket => this.#versions.has(bucket),
      enable: bucket => {
        this.#versions.set(bucket, this.#versions.get(bucket) ?? new ObjectVersions());
      },
    });
    const { putObject, completeMultipartUpload, deleteObject, getObject, headObject } = objects;
    objects.putObject = (bucket, key, ...others) =>
      this.#added(bucket, key, this.#putEvent(), putObject.call(objects, bucket, key, ...others));
    objects.completeMultipartUpload = (uploadId, parts) => {
      const { bucket = '', key = '' } = objects.multipartUploads.get(uploadId) ?? {};
      const object = completeMultipartUpload.call(objects, uploadId, parts);
      return this.#added(bucket, key, 'ObjectCreated:CompleteMultipartUpload', object);
    };
    objects.deleteObject = (bucket, key) => this.#delete(bucket, key, deleteObject.bind(objects));
    objects.getObject = (bucket, key) => this.#read(bucket, key, getObject.bind(objects));
    objects.headObject = (bucket, key) => this.#read(bucket, key, headObject.bind(objects));
  }

  /**
   * Takes note of a request before fauxqs answers it.
   *
   * @returns an answer to what fauxqs does not know; undefined for everything else.
   */
  begin(request: ObjectRequest, reply: ObjectReply): Answer | undefined {
    const { bucket, '*': key = '' } = (request.params ?? {}) as { bucket?: string; '*'?: string };
    const query = (request.query ?? {}) as Readonly<Record<string, string | undefined>>;
    if (bucket === undefined) {
      this.#current = undefined;
      return undefined;
    }
    this.#current = { request, reply, versionId: query.versionId };
    try {
      return key === '' ? this.#bucketAnswer(bucket, query) : this.#refusal(bucket, key);
    } catch (fault) {
      if (!(fault instanceof AwsError)) {
        throw fault;
      }
      return { status: fault.status, body: this.#errorOf(fault.code, fault.message, fault.status).toXml() };
    }
  }

  #bucketAnswer(bucket: string, query: Readonly<Record<string, string | undefined>>): Answer | undefined {
    const { method, body } = this.#current?.request ?? {};
    const setting = bucketSettings.find(name => name in query);
    if (setting === undefined || (method !== 'GET' && method !== 'PUT')) {
      return undefined;
    }
    if (!this.#store.hasBucket(bucket)) {
      throw new AwsError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404);
    }
    const xml = method === 'PUT' ? String(Buffer.isBuffer(body) ? body : '') : undefined;
    return { status: 200, body: this.#settings.answer(bucket, setting, xml) };
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
  #refusal(bucket: string, key: string): Answer | undefined {
    const { request } = this.#current ?? {};
    const isNew = request?.method === 'PUT' && request.headers['if-none-match'] === '*';
    if (isNew && this.#store.buckets.get(bucket)?.has(key)) {
      throw new AwsError(
        'PreconditionFailed',
        'At least one of the pre-conditions you specified did not hold',
        412,
      );
    }
    return undefined;
  }

  #putEvent(): string {
    const { method, headers } = this.#current?.request ?? {};
    if (method === 'POST') {
      return 'ObjectCreated:Post';
    }
    return headers?.['x-amz-copy-source'] === undefined ? 'ObjectCreated:Put' : 'ObjectCreated:Copy';
  }

  #added(bucket: string, key: string, eventName: string, object: StoredObject): StoredObject {
    const versionId = this.#versions.get(bucket)?.add(key, object).versionId;
    this.#answerWith({ 'x-amz-version-id': versionId });
    const { contentLength: size, etag } = object;
    this.#notifications.tell({ bucket, key, eventName, versionId, size, etag });
    return object;
  }

  #delete(bucket: string, key: string, remove: (bucket: string, key: string) => void): void {
    const versions = this.#versions.get(bucket);
    const { versionId, request } = this.#current ?? {};
    if (versions === undefined) {
      const isThere = this.#store.buckets.get(bucket)?.has(key) === true;
      remove(bucket, key);
      // In a bucket without versions, there is nothing to tell of what was not there.
      if (isThere) {
        this.#notifications.tell({ bucket, key, eventName: 'ObjectRemoved:Delete', versionId: undefined });
      }
      return;
    }
    // The keys of a deletion of several are in its body, each with a version of its own.
    if (versionId === undefined || request?.method === 'POST') {
      remove(bucket, key);
      const marker = versions.add(key, undefined);
      this.#answerWith({ 'x-amz-version-id': marker.versionId, 'x-amz-delete-marker': 'true' });
      const eventName = 'ObjectRemoved:DeleteMarkerCreated';
      this.#notifications.tell({ bucket, key, eventName, versionId: marker.versionId });
      return;
    }
    const removed = versions.find(key, versionId);
    this.#answerWith({
      'x-amz-version-id': versionId,
      'x-amz-delete-marker': removed?.content === undefined && removed !== undefined ? 'true' : undefined,
    });
    if (removed === undefined) {
      return;
    }
    versions.remove(key, versionId);
    const latest = versions.latest(key)?.content;
    if (latest === undefined) {
      remove(bucket, key);
    } else {
      this.#store.buckets.get(bucket)?.set(key, latest);
    }
    this.#notifications.tell({ bucket, key, eventName: 'ObjectRemoved:Delete', versionId });
  }

  /** @throws the store's own error where there is no such object, or version. */
  #read(bucket: string, key: string, read: (bucket: string, key: string) => StoredObject): StoredObject {
    const versions = this.#versions.get(bucket);
    if (versions === undefined) {
      return read(bucket, key);
    }
    const { versionId } = this.#current ?? {};
    const version = versionId === undefined ? versions.latest(key) : versions.find(key, versionId);
    const isMarker = version !== undefined && version.content === undefined;
    this.#answerWith({
      'x-amz-version-id': version?.versionId,
      'x-amz-delete-marker': isMarker ? 'true' : undefined,
    });
    if (versionId === undefined) {
      return read(bucket, key);
    }
    if (version?.content !== undefined) {
      return version.content;
    }
    throw isMarker
      ? this.#errorOf('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405)
      : this.#errorOf('NoSuchVersion', 'The specified version does not exist.', 404);
  }

  #answerWith(headers: Readonly<Record<string, string | undefined>>): void {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) {
        this.#current?.reply.header(name, value);
      }
    }
  }
}
