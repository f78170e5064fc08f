/** A version of an object that is about to be read. */
export interface OpenedObject {
  /** In bytes. */
  readonly size: number;
  readonly declaredType: string;
  /** In ISO 8601. */
  readonly uploadedAt: string;
  /** SHA-256 in hex that the uploader says the content has; undefined where he says nothing. */
  readonly statedDigest: string | undefined;
  /** The content, piece by piece as it arrives. */
  readonly content: AsyncIterable<Uint8Array>;
  /** Lets go of the content without reading it. */
  discard(): void;
}

/** The objects that were uploaded. */
export interface UploadedObjects {
  /** The version that a key leads to; undefined where there is none, or a delete marker. */
  latestVersion(key: string): Promise<string | undefined>;

  /**
   * @param withinMs how long opening and reading may take in all.
   * @returns undefined when the version is gone.
   */
  open(key: string, versionId: string, withinMs: number): Promise<OpenedObject | undefined>;
}
