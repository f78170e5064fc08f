import { randomBytes } from 'node:crypto';

/** One version of an object, or a delete marker. */
export interface ObjectVersion<Content> {
  readonly versionId: string;
  /** Undefined for a delete marker. */
  readonly content: Content | undefined;
}

/** The versions of the objects of one bucket. */
export class ObjectVersions<Content> {
  readonly #versions = new Map<string, ObjectVersion<Content>[]>();

  /** Adds a version, or a delete marker, which the key then leads to. */
  add(key: string, content: Content | undefined): ObjectVersion<Content> {
    // As long as those of S3, and of characters that need no encoding.
    const version = { versionId: randomBytes(24).toString('base64url'), content };
    this.#versions.set(key, [...this.#of(key), version]);
    return version;
  }

  /** What a key leads to; undefined where it never led to anything, or all of it is gone. */
  latest(key: string): ObjectVersion<Content> | undefined {
    return this.#of(key).at(-1);
  }

  find(key: string, versionId: string): ObjectVersion<Content> | undefined {
    return this.#of(key).find(version => version.versionId === versionId);
  }

  /** Takes one version, or one delete marker, away for good. */
  remove(key: string, versionId: string): void {
    this.#versions.set(
      key,
      this.#of(key).filter(version => version.versionId !== versionId),
    );
  }

  #of(key: string): readonly ObjectVersion<Content>[] {
    return this.#versions.get(key) ?? [];
  }
}
