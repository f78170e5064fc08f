import type { ResolvedAssembly } from './assembly/resolved-assembly.ts';
import type { ProviderRegistry } from './provision/provider-registry.ts';

/** A resource that runs. */
export interface LocalResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** Path of its construct, `order-processing/Payment/Queue/Resource`. */
  readonly path: string;
  /** What `Ref` gives for it. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives for it. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

/** A stack that runs. */
export interface LocalStack {
  readonly name: string;
  readonly region: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Outputs that refer to what does not run here, and why they have no value. */
  readonly unresolvedOutputs: Readonly<Record<string, string>>;
  /** Queries of CloudWatch Logs Insights that the stack saves. */
  readonly savedQueries: readonly string[];
  /** In the template's order. */
  readonly resources: readonly LocalResource[];
}

export function localStacks(assembly: ResolvedAssembly, registry: ProviderRegistry): readonly LocalStack[] {
  return assembly.stacks.map(stack => {
    const { values, unresolved } = assembly.outputs(stack);
    return {
      name: stack.stack.name,
      region: stack.stack.region,
      outputs: values,
      unresolvedOutputs: unresolved,
      savedQueries: stack
        .resources()
        .filter(({ type }) => type === 'AWS::Logs::QueryDefinition')
        .map(query => String(query.property('QueryString'))),
      resources: stack
        .resources()
        .filter(({ type }) => registry.providerOf(type) !== undefined)
        .map(({ stackName, logicalId, type, path }) => ({
          stackName,
          logicalId,
          type,
          path,
          ...stack.identity(logicalId),
        })),
    };
  });
}

/**
 * Finds a resource by the path of its construct, with or without CDK's last `/Resource`, or by a logical id
 * that only one of the stacks has.
 */
export function findResource(stacks: readonly LocalStack[], idOrPath: string): LocalResource | undefined {
  const resources = stacks.flatMap(stack => stack.resources);
  const byPath = resources.find(({ path }) => isPath(path, idOrPath));
  if (byPath !== undefined) {
    return byPath;
  }
  const [byId, ...others] = resources.filter(({ logicalId }) => logicalId === idOrPath);
  return others.length === 0 ? byId : undefined;
}

export function isPath(resourcePath: string, constructPath: string): boolean {
  return resourcePath === constructPath || resourcePath === `${constructPath}/Resource`;
}
