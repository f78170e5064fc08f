import { Stack, Validations } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { deliveredFor } from '../delivery-source.ts';
import type { Rule } from '../validation.ts';

const gibibytes = (least: number, most: number, step = 1) =>
  Array.from({ length: (most - least) / step + 1 }, (_, index) => (least + index * step) * 1_024);

/** Memory in MiB that Fargate sells with so many processor units. */
const memoryByCpu: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1_024, 2_048],
  512: gibibytes(1, 4),
  1024: gibibytes(2, 8),
  2048: gibibytes(4, 16),
  4096: gibibytes(8, 30),
  8192: gibibytes(16, 60, 4),
  16384: gibibytes(32, 120, 8),
};

/** Processor units and memory of a task that Fargate sells. */
export function taskSizeRules(cpu: number, memory: number): Rule[] {
  return [
    {
      prop: 'cpu',
      value: cpu,
      holds: cpu in memoryByCpu,
      allowed: Object.keys(memoryByCpu).join(', '),
      remedy: 'Fargate sells no other sizes.',
    },
    {
      prop: 'memory',
      value: memory,
      holds: !(cpu in memoryByCpu) || (memoryByCpu[cpu]?.includes(memory) ?? false),
      allowed: `with cpu ${cpu}: ${memoryByCpu[cpu]?.join(', ')}`,
      remedy: 'Choose one of these, or more cpu.',
    },
  ];
}

/** Fewest and most tasks of a service. */
export function taskCountRules(minTasks: number, maxTasks: number, least: number): Rule[] {
  return [
    {
      prop: 'maxTasks',
      value: maxTasks,
      holds: Number.isInteger(maxTasks) && maxTasks >= 1,
      allowed: 'a whole number of 1 or more',
      remedy: 'A service of none would never work.',
    },
    {
      prop: 'minTasks',
      value: minTasks,
      holds: Number.isInteger(minTasks) && minTasks >= least && minTasks <= maxTasks,
      allowed: `a whole number from ${least} to maxTasks, ${maxTasks}`,
      remedy: 'Lower it, or raise maxTasks.',
    },
  ];
}

/** What the program in a task may do: nothing until something is granted. ECS assumes it for this account's tasks. */
export class TaskRole extends iam.Role {
  constructor(scope: Construct, id: string, props: { readonly description: string }) {
    const stack = Stack.of(scope);
    super(scope, id, {
      description: props.description,
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com', {
        conditions: deliveredFor({
          sourceArn: stack.formatArn({ service: 'ecs', resource: '*' }),
          sourceAccount: stack.account,
        }),
      }),
    });
  }
}

/** What ECS may do to start a task: fetch its image and write its log, which is granted on their way. */
export class TaskExecutionRole extends iam.Role {
  constructor(scope: Construct, id: string, props: { readonly description: string }) {
    super(scope, id, {
      description: props.description,
      // Without a condition: for this role, ECS is not known to say which task it acts for.
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'ECR gives its registry token for the account, not for a repository',
    });
  }
}

/** Settings of a container that needs nothing of the kernel but to run. */
export function leastLinuxParameters(scope: Construct, id: string): ecs.LinuxParameters {
  const parameters = new ecs.LinuxParameters(scope, id, { initProcessEnabled: true });
  parameters.dropCapabilities(ecs.Capability.ALL);
  return parameters;
}
