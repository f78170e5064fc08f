import {
  type DeployedResource,
  DeployedStack,
  type OtherStacks,
  type StackDeployment,
} from './deployed-stack.ts';
import { isUnresolved } from './intrinsics.ts';
import { arnParts, account as madeUpAccount, region as madeUpRegion } from './place.ts';

/** A stack of the app; account and region are made up where it names none. */
export type AppStack = Pick<StackDeployment, 'name' | 'template'> &
  Partial<Pick<StackDeployment, 'paths'>> &
  Partial<Record<'account' | 'region', string | undefined>>;

/** Everything that an app provisions, as it would be once it is deployed. */
export class DeployedApp {
  readonly resources: readonly DeployedResource[];
  readonly #byReference = new Map<string, DeployedResource>();
  readonly #byType = new Map<string, DeployedResource[]>();

  constructor(stacks: readonly AppStack[]) {
    const others: OtherStacks = {
      exportedValue: exportName =>
        deployed.map(stack => stack.exportedValue(exportName)).find(value => value !== undefined),
      output: (stackName, outputName, region) =>
        deployed
          .find(
            ({ name, region: own }) => name === stackName && (typeof region !== 'string' || region === own),
          )
          ?.output(outputName),
    };
    const deployed: readonly DeployedStack[] = stacks.map(
      ({ name, template, account, region, paths }) =>
        new DeployedStack(
          {
            name,
            template,
            account: account ?? madeUpAccount,
            region: region ?? madeUpRegion,
            paths: paths ?? {},
          },
          others,
        ),
    );
    this.resources = deployed.flatMap(stack => stack.resources());
    for (const resource of this.resources) {
      for (const reference of [resource.arn, resource.ref]) {
        if (reference !== undefined && !this.#byReference.has(reference)) {
          this.#byReference.set(reference, resource);
        }
      }
      this.#byType.set(resource.type, [...(this.#byType.get(resource.type) ?? []), resource]);
    }
  }

  ofType(...types: readonly string[]): readonly DeployedResource[] {
    return types.flatMap(type => this.#byType.get(type) ?? []);
  }

  /** The resource that a value refers to by ARN, `Ref`, URL or alias; undefined where it is not of this app. */
  referredTo(reference: unknown): DeployedResource | undefined {
    if (typeof reference !== 'string' || isUnresolved(reference)) return undefined;
    const found = this.#byReference.get(reference) ?? this.#byReference.get(withoutQualifier(reference));
    if (found?.type === 'AWS::KMS::Alias') return this.referredTo(found.property('TargetKeyId'));
    return found;
  }
}

/** The ARN of a function without its version or alias, that of a log group without the streams in it. */
function withoutQualifier(reference: string): string {
  const parts = arnParts(reference);
  if (parts?.service === 'lambda') return reference.split(':').slice(0, 7).join(':');
  return parts?.service === 'logs' ? reference.replace(/:\*$/, '') : reference;
}
