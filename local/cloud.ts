import { DEFAULT_REGION, readAssembly } from './assembly/cloud-assembly.ts';
import { ResolvedAssembly } from './assembly/resolved-assembly.ts';
import { selectStacks } from './assembly/stack-selection.ts';
import { startEndpoint } from './emulators/endpoint.ts';
import { KNOWN_LIMITS } from './known-limits.ts';
import { AwsClients } from './provision/aws-clients.ts';
import { ProviderRegistry } from './provision/provider-registry.ts';
import { PROVIDERS } from './provision/providers.ts';
import { type ProvisioningReport, provision } from './provision/provisioning.ts';
import { type QueueReading, readQueues } from './queue-readings.ts';

export interface LocalCloudOptions {
  /** The synthesized app, `cdk.out`. */
  readonly assemblyDirectory: string;
  /**
   * Systems to run, with the stacks that they depend on.
   *
   * @default - all stacks of the app
   */
  readonly systems?: readonly string[];
  /**
   * Port of the AWS endpoint on 127.0.0.1; 0 takes a free one.
   *
   * @default 4566
   */
  readonly port?: number;
  /**
   * Longest visibility timeout that a queue gets, in seconds, so that what failed comes back soon.
   *
   * @default 5
   */
  readonly maxVisibilityTimeoutSeconds?: number;
  /**
   * Values for template parameters, by name, or `stack:name` for one stack alone.
   *
   * @default - the templates' own defaults
   */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A resource that a template declares. */
export interface LocalResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly path: string;
  /** What `Ref` gives for it. */
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface LocalStack {
  readonly name: string;
  readonly region: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Outputs that refer to what does not run here, and why they have no value. */
  readonly unresolvedOutputs: Readonly<Record<string, string>>;
  /** Resources that run, in the template's order. */
  readonly resources: readonly LocalResource[];
}

/** Something that differs from the template, said of one resource. */
export interface ResourceNote {
  readonly path: string;
  readonly text: string;
}

/** A synthesized app that runs on this machine. */
export interface LocalCloud extends ProvisioningReport {
  /** The AWS wire endpoint, `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** In the order of their deployment. */
  readonly stacks: readonly LocalStack[];
  /** What differs from the templates here. */
  readonly notes: readonly ResourceNote[];
  /** What the local cloud as such does otherwise than AWS. */
  readonly knownLimits: readonly string[];
  /** Finds a resource by its construct path, or by logical id where one stack alone has it. */
  resource(idOrPath: string): LocalResource | undefined;
  /** Exact depths of all queues at this moment. */
  queues(): readonly QueueReading[];
  /** Stops everything that runs. */
  stop(): Promise<void>;
}

/**
 * Provisions a synthesized app on this machine.
 *
 * @throws AssemblyError where the app cannot be read, resolved or made.
 * @throws PortTakenError where another program listens on a port.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const templates = selectStacks(readAssembly(options.assemblyDirectory), options.systems);
  const endpoint = await startEndpoint({ port: options.port ?? 4566, region: DEFAULT_REGION });
  const clients = new AwsClients(endpoint.url);
  const stop = async (): Promise<void> => {
    clients.close();
    await endpoint.close();
  };
  try {
    const registry = new ProviderRegistry(PROVIDERS);
    const assembly = new ResolvedAssembly(templates, {
      identify: resource => registry.identify(resource, { endpoint: endpoint.url }),
      parameters: options.parameters ?? {},
    });
    const notes: ResourceNote[] = [];
    const declared = assembly.stacks.flatMap(stack => stack.resources());
    const report = await provision(declared, registry, {
      endpoint: endpoint.url,
      clients,
      maxVisibilityTimeoutSeconds: options.maxVisibilityTimeoutSeconds ?? 5,
      identity: resource => registry.identify(resource, { endpoint: endpoint.url }),
      note: ({ path }, text) => notes.push({ path, text }),
    });
    const stacks = assembly.stacks.map((stack): LocalStack => {
      const { values, unresolved } = assembly.outputs(stack);
      return {
        name: stack.stack.name,
        region: stack.stack.region,
        outputs: values,
        unresolvedOutputs: unresolved,
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
    const resources = stacks.flatMap(stack => stack.resources);
    return {
      ...report,
      endpoint: endpoint.url,
      stacks,
      notes,
      knownLimits: KNOWN_LIMITS,
      resource: idOrPath => {
        const byPath = resources.filter(({ path }) => path === idOrPath);
        const found =
          byPath.length > 0 ? byPath : resources.filter(({ logicalId }) => logicalId === idOrPath);
        return found.length === 1 ? found[0] : undefined;
      },
      queues: () => readQueues(endpoint.store.queues),
      stop,
    };
  } catch (fault) {
    await stop();
    throw fault;
  }
}
