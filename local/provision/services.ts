/** What a provider works with: the emulators' clients and the running parts of the local cloud. */
export interface LocalServices {
  /** The AWS wire endpoint, `http://127.0.0.1:4566`. */
  readonly endpoint: string;
}
