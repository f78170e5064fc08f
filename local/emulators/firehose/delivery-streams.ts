import { DeliveryFailed } from '../sns/queue-delivery.ts';
import { DeliveryStream, type DeliveryStreamSpec, type WriteObject } from './delivery-stream.ts';

/** The delivery streams that run, by their ARNs. */
export class DeliveryStreams {
  readonly #streams = new Map<string, DeliveryStream>();

  add(spec: DeliveryStreamSpec, write: WriteObject): void {
    this.#streams.set(spec.arn, new DeliveryStream(spec, write));
  }

  /** @throws DeliveryFailed where there is no such stream. */
  put(arn: string, record: string): void {
    const stream = this.#streams.get(arn);
    if (!stream) throw new DeliveryFailed(`The delivery stream ${arn} does not run here.`);
    stream.put(record);
  }

  /** Writes what waits in any of them. */
  async flush(): Promise<void> {
    await Promise.all([...this.#streams.values()].map(stream => stream.flush()));
  }
}
