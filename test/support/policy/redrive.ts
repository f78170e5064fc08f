import type { DeployedResource } from './deployed-stack.ts';
import type { Edge } from './edge.ts';
import { neighbourOf } from './policy-world.ts';

/** SQS moves what a queue gives up to its DLQ, if the DLQ admits that queue. */
export class Redrive implements Edge {
  readonly name: string;
  readonly #queue: DeployedResource;
  readonly #deadLetterQueue: DeployedResource;

  constructor(queue: DeployedResource, deadLetterQueue: DeployedResource) {
    this.name = `${queue.path} → ${deadLetterQueue.path}`;
    this.#queue = queue;
    this.#deadLetterQueue = deadLetterQueue;
  }

  async faults(): Promise<readonly string[]> {
    const { path } = this.#deadLetterQueue;
    return [
      ...(this.#admits(this.#queue.arn) ? [] : [`blocked: ${path} is not a DLQ for ${this.#queue.path}`]),
      ...(this.#admits(neighbourOf(this.#queue).arn) ? [`open: ${path} is a DLQ for any queue`] : []),
    ];
  }

  /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
  #admits(queueArn: string | undefined): boolean {
    const policy = settingOf<RedriveAllowPolicy>(this.#deadLetterQueue, 'RedriveAllowPolicy');
    if (policy?.redrivePermission === 'byQueue')
      return policy.sourceQueueArns?.includes(queueArn ?? '') ?? false;
    return policy?.redrivePermission !== 'denyAll';
  }
}

interface RedriveAllowPolicy {
  readonly redrivePermission?: 'allowAll' | 'byQueue' | 'denyAll';
  readonly sourceQueueArns?: readonly string[];
}

/** A setting of a queue or subscription that templates write as an object or as JSON. */
export function settingOf<Setting>(resource: DeployedResource, name: string): Setting | undefined {
  const value = resource.property(name);
  return (typeof value === 'string' ? JSON.parse(value) : value) as Setting | undefined;
}
