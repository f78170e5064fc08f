import { readFileSync } from 'node:fs';
import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { AppStack } from './app/deployed-app.ts';
import type { DeliveryTemplate } from './app/deployed-stack.ts';

/** Where the template of a stack is, and where the stack is deployed if it says so. */
export interface StackTemplate {
  readonly stackConstructPath: string;
  readonly templatePath: string;
  readonly accountId: string | undefined;
  readonly region: string | undefined;
}

export interface SynthesizedStack extends AppStack {
  readonly templatePath: string;
}

/** The stacks of an app from the templates that were written, by the names that its constructs have. */
export function synthesizedStacks(
  app: IConstruct,
  templates: readonly StackTemplate[],
): readonly SynthesizedStack[] {
  const stacks = new Map(
    app.node
      .findAll()
      .filter(construct => Stack.isStack(construct))
      .map(stack => [stack.node.path, stack]),
  );
  return templates.map(({ stackConstructPath, templatePath, accountId, region }) => {
    const stack = stacks.get(stackConstructPath);
    return {
      name: stack?.stackName ?? stackConstructPath,
      template: JSON.parse(readFileSync(templatePath, 'utf8')) as DeliveryTemplate,
      account: accountId,
      region,
      paths: stack ? pathsOf(stack) : {},
      templatePath,
    };
  });
}

/** Construct path of each resource of a stack, by its logical id. */
function pathsOf(stack: Stack): Record<string, string> {
  return Object.fromEntries(
    stack.node
      .findAll()
      .filter(construct => CfnResource.isCfnResource(construct))
      .map(resource => [
        String(stack.resolve(resource.logicalId)),
        resource.node.path.replace(/\/(Resource|Default)$/, ''),
      ]),
  );
}
