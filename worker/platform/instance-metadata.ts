const tokenSeconds = 21_600;
const requestTimeoutMs = 2_000;

/** The instance metadata service did not answer as it should. */
export class InstanceMetadataError extends Error {
  override readonly name = 'InstanceMetadataError';
}

/**
 * The instance metadata service, version 2: a session token first, then values.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export class InstanceMetadata {
  readonly #base: string;
  #token: string | undefined;

  /** @param endpoint base URL, `http://169.254.169.254`. */
  constructor(endpoint: string) {
    this.#base = endpoint.replace(/\/$/, '');
  }

  /**
   * A value by its path under `/latest/meta-data/`.
   *
   * @returns undefined where there is none.
   * @throws InstanceMetadataError when the service does not answer, or refuses.
   */
  async get(path: string): Promise<string | undefined> {
    let response = await this.#request(path);
    if (response.status === 401) {
      // The token ran out, or the service has forgotten it.
      this.#token = undefined;
      response = await this.#request(path);
    }
    if (response.status === 404) return undefined;
    if (!response.ok) {
      throw new InstanceMetadataError(
        `The instance metadata service answered ${response.status} for ${path}.`,
      );
    }
    return await response.text();
  }

  /**
   * A value that has to be there.
   *
   * @param remedy what to do where it is not.
   * @throws InstanceMetadataError when there is none, and as {@link get}.
   */
  async need(path: string, remedy: string): Promise<string> {
    const value = await this.get(path);
    if (value === undefined)
      throw new InstanceMetadataError(`The instance metadata have no ${path}. ${remedy}`);
    return value;
  }

  async #request(path: string): Promise<Response> {
    this.#token ??= await this.#newToken();
    return this.#fetch(`/latest/meta-data/${path}`, {
      headers: { 'X-aws-ec2-metadata-token': this.#token },
    });
  }

  async #newToken(): Promise<string> {
    const response = await this.#fetch('/latest/api/token', {
      method: 'PUT',
      headers: { 'X-aws-ec2-metadata-token-ttl-seconds': String(tokenSeconds) },
    });
    if (!response.ok) {
      throw new InstanceMetadataError(
        `The instance metadata service answered ${response.status} to the request for a token. Is IMDSv2 on?`,
      );
    }
    return await response.text();
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.#base + path, { ...init, signal: AbortSignal.timeout(requestTimeoutMs) });
    } catch (error) {
      throw new InstanceMetadataError(
        `The instance metadata service at ${this.#base} does not answer: ${(error as Error).message}.`,
        { cause: error },
      );
    }
  }
}
