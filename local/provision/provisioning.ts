import { AssemblyError } from '../assembly/assembly-error.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { PHASES } from './provider.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import { isSatisfied, SATISFIED_TYPES } from './satisfied-types.ts';
import type { LocalServices } from './services.ts';

/** A type and the resources that the stacks have of it. */
export interface ResourceGroup {
  readonly type: string;
  /** Construct paths. */
  readonly paths: readonly string[];
}

export interface SatisfiedGroup extends ResourceGroup {
  /** Why nothing has to be made for them. */
  readonly reason: string;
}

/** A resource that the local cloud does not run. */
export interface NotRunResource {
  readonly type: string;
  readonly path: string;
  readonly reason: string;
}

export interface ProvisioningReport {
  readonly provisioned: readonly ResourceGroup[];
  readonly satisfied: readonly SatisfiedGroup[];
  readonly notRun: readonly NotRunResource[];
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
    // All are waited for, so that after a failure nothing is made any more that nobody would stop.
    const made = await Promise.allSettled(
      ofPhase.map(resource => provisionOne(resource, registry, services)),
    );
    const failure = made.find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') {
      throw failure.reason;
    }
  }
  const isProvided = ({ type }: ResourceDeclaration) => registry.providerOf(type) !== undefined;
  const others = resources.filter(resource => !isProvided(resource));
  return {
    provisioned: grouped(resources.filter(isProvided)),
    satisfied: grouped(others.filter(({ type }) => isSatisfied(type))).map(group => ({
      ...group,
      reason: SATISFIED_TYPES[group.type] ?? '',
    })),
    notRun: others
      .filter(({ type }) => !isSatisfied(type))
      .map(({ type, path }) => ({ type, path, reason: 'the local cloud has nothing that does its work' })),
  };
}

function grouped(resources: readonly ResourceDeclaration[]): readonly ResourceGroup[] {
  const types = [...new Set(resources.map(({ type }) => type))].sort();
  return types.map(type => ({
    type,
    paths: resources.filter(resource => resource.type === type).map(({ path }) => path),
  }));
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
