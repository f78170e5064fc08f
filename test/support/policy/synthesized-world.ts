import { CfnResource, type Stack, Token } from 'aws-cdk-lib';
import { onceInARun } from '../once-in-a-run.ts';
import { synthesizedApp } from '../synthesized-app.ts';
import { account, region } from './account.ts';
import { PolicyWorld, type WorldStack } from './policy-world.ts';
import './matchers.ts';

/** Every stack of the app in a stage, as {@link PolicyWorld} reads it. */
export function synthesizedStacks(
  stage: 'dev' | 'prod',
  context: Readonly<Record<string, unknown>> = {},
): readonly WorldStack[] {
  return onceInARun(JSON.stringify(['world', stage, context]), () => {
    const app = synthesizedApp(stage, context);
    return app.stacks.map(stack => ({
      name: stack.stackName,
      template: app.template(stack.stackName),
      account: concrete(stack.account, account),
      region: concrete(stack.region, region),
      paths: pathsOf(stack),
    }));
  });
}

/** The world of the app in a stage: one line to ask it anything. */
export function synthesizedWorld(
  stage: 'dev' | 'prod',
  context: Readonly<Record<string, unknown>> = {},
): PolicyWorld {
  return new PolicyWorld(synthesizedStacks(stage, context));
}

function concrete(value: string, otherwise: string): string {
  return Token.isUnresolved(value) ? otherwise : value;
}

/** Construct path of each resource of a stack, by its logical id. */
export function pathsOf(stack: Stack): Record<string, string> {
  const resources = stack.node.findAll().filter(CfnResource.isCfnResource);
  return Object.fromEntries(
    resources.map(resource => [
      String(stack.resolve(resource.logicalId)),
      resource.node.path.replace(/\/Resource$/, ''),
    ]),
  );
}
