import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling';

/** The wait of an instance in its group's terminating lifecycle hook. */
export interface LifecycleAction {
  /** Begins the hook's heartbeat timeout anew. */
  heartbeat(): Promise<void>;
  /** Lets the group terminate the instance. */
  complete(): Promise<void>;
}

export interface AutoScalingLifecycleActionOptions {
  readonly region: string;
  readonly hookName: string;
  readonly groupName: () => Promise<string>;
  readonly instanceId: () => Promise<string>;
}

/**
 * A lifecycle action at EC2 Auto Scaling.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/completing-lifecycle-hooks.html
 */
export class AutoScalingLifecycleAction implements LifecycleAction {
  readonly #client: AutoScalingClient;
  readonly #options: AutoScalingLifecycleActionOptions;

  constructor(options: AutoScalingLifecycleActionOptions) {
    this.#options = options;
    this.#client = new AutoScalingClient({
      region: options.region,
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    });
  }

  async heartbeat(): Promise<void> {
    await this.#client.send(new RecordLifecycleActionHeartbeatCommand(await this.#action()));
  }

  async complete(): Promise<void> {
    const action = await this.#action();
    await this.#client.send(
      new CompleteLifecycleActionCommand({ ...action, LifecycleActionResult: 'CONTINUE' }),
    );
  }

  async #action() {
    const { groupName, hookName, instanceId } = this.#options;
    return {
      AutoScalingGroupName: await groupName(),
      LifecycleHookName: hookName,
      InstanceId: await instanceId(),
    };
  }
}
