import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { IConstruct } from 'constructs';
import { type ResourceJson, type TemplateJson, testApp } from './synthesized-app.ts';

/** A stack named `orders` in an app of its own. */
export function testStack(): Stack {
  return new Stack(testApp(), 'orders');
}

/** The template that a stack becomes. */
export function templateOf(stack: Stack): TemplateJson {
  return Template.fromStack(stack).toJSON() as TemplateJson;
}

/** Resource that a construct (its L1, or one with a single L1 as its default) becomes. */
export function resourceOf(construct: IConstruct): ResourceJson {
  const stack = Stack.of(construct);
  const resource = construct.node.defaultChild ?? construct;
  const id = stack.resolve((resource as { logicalId?: string }).logicalId) as string;
  const found = templateOf(stack).Resources[id];
  if (!found) throw new Error(`${construct.node.path} made no resource of its own`);
  return found;
}

/** Resources of a type, by their logical ids. */
export function resourcesOfType(template: TemplateJson, type: string): [id: string, ResourceJson][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, { ...resource, Properties: resource.Properties ?? {} }]);
}

/** The one resource of a type that is in a scope. */
export function onlyResource(stack: Stack, type: string): ResourceJson {
  const found = resourcesOfType(templateOf(stack), type);
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`Expected one ${type}, found ${found.length}`);
  return first[1];
}

/** Logical id of the resource that a `Ref` or `Fn::GetAtt` points at. */
export function referredId(reference: unknown): string | undefined {
  const { Ref, 'Fn::GetAtt': attribute } = (reference ?? {}) as { Ref?: string; 'Fn::GetAtt'?: string[] };
  return Ref ?? attribute?.[0];
}
