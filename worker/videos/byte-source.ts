/** Bytes that lie elsewhere and are fetched in pieces. */
export interface ByteSource {
  readonly size: number;
  /** Bytes from `start` on; fewer where the source ends. */
  read(start: number, length: number): Promise<Uint8Array>;
}
