import type { ResourceDeclaration, ResourceIdentity } from '../assembly/resource.ts';
import type { LocalAddresses, ResourceProvider } from './provider.ts';
import { isSatisfied, satisfiedIdentity } from './satisfied-types.ts';

/** Says which resource types run, and what their resources are called. */
export class ProviderRegistry {
  readonly #providers: ReadonlyMap<string, ResourceProvider>;

  constructor(providers: readonly ResourceProvider[]) {
    this.#providers = new Map(providers.map(provider => [provider.type, provider]));
  }

  providerOf(type: string): ResourceProvider | undefined {
    return this.#providers.get(type);
  }

  /** @throws Error for a type that does not run: nobody can refer to what is not there. */
  identify(resource: ResourceDeclaration, addresses: LocalAddresses): ResourceIdentity {
    const provider = this.#providers.get(resource.type);
    if (provider !== undefined) {
      return provider.identify(resource, addresses);
    }
    if (isSatisfied(resource.type)) {
      return satisfiedIdentity(resource);
    }
    throw new Error(
      `refers to ${resource.logicalId} (${resource.type}), which the local cloud does not run.`,
    );
  }
}
