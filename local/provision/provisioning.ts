import { AssemblyError } from '../assembly/assembly-error.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { PHASES } from './provider.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import { isSatisfied, SATISFIED_TYPES } from './satisfied-types.ts';
import type { LocalServices } from './services.ts';

/** A resource type that nothing was made for. */
export interface UnprovisionedType {
  readonly type: string;
  /** Construct paths of its resources. */
  readonly paths: readonly string[];
}

export interface SatisfiedType extends UnprovisionedType {
  /** Why nothing has to be made. */
  readonly reason: string;
}

export interface ProvisioningReport {
  /** Types that run: their resources are there. */
  readonly provisioned: readonly UnprovisionedType[];
  readonly satisfied: readonly SatisfiedType[];
  /** Types that the local cloud does not run. */
  readonly notRun: readonly UnprovisionedType[];
}

/**
 * Makes every resource that has a provider, phase by phase, and reports on the rest.
 *
 * @throws AssemblyError naming the resource that could not be made.
 */
export async function provision(
  resources: readonly ResourceDeclaration[],
  registry: ProviderRegistry,
  services: LocalServices,
): Promise<ProvisioningReport> {
  for (const phase of PHASES) {
    const ofPhase = resources.filter(({ type }) => registry.providerOf(type)?.phase === phase);
    await Promise.all(ofPhase.map(resource => provisionOne(resource, registry, services)));
  }
  const types = (isOfKind: (type: string) => boolean): UnprovisionedType[] =>
    [...new Set(resources.map(({ type }) => type))]
      .filter(isOfKind)
      .sort()
      .map(type => ({
        type,
        paths: resources.filter(resource => resource.type === type).map(({ path }) => path),
      }));
  const isProvided = (type: string) => registry.providerOf(type) !== undefined;
  return {
    provisioned: types(isProvided),
    satisfied: types(type => !isProvided(type) && isSatisfied(type)).map(({ type, paths }) => ({
      type,
      paths,
      reason: SATISFIED_TYPES[type] ?? '',
    })),
    notRun: types(type => !isProvided(type) && !isSatisfied(type)),
  };
}

async function provisionOne(
  resource: ResourceDeclaration,
  registry: ProviderRegistry,
  services: LocalServices,
): Promise<void> {
  try {
    await registry.providerOf(resource.type)?.provision(resource, services);
  } catch (fault) {
    throw fault instanceof AssemblyError
      ? fault
      : new AssemblyError(`${resource.path} (${resource.type}) could not be made: ${messageOf(fault)}`, {
          cause: fault,
        });
  }
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
