import { DEFAULT_REGION, readAssembly } from './assembly/cloud-assembly.ts';
import { ResolvedAssembly } from './assembly/resolved-assembly.ts';
import { selectStacks } from './assembly/stack-selection.ts';
import type { TemplateResource } from './assembly/template.ts';
import type { BrokerKind } from './brokers/brokers.ts';
import type { CloudEventStream } from './cloud-events.ts';
import type { Mail } from './emulators/ses/mail.ts';
import { KNOWN_LIMITS } from './known-limits.ts';
import { localizeApiUrls, portsFrom } from './local-addresses.ts';
import { findResource, isPath, type LocalResource, type LocalStack, localStacks } from './local-stack.ts';
import type { AlarmReading } from './monitoring.ts';
import { ProviderRegistry } from './provision/provider-registry.ts';
import { PROVIDERS } from './provision/providers.ts';
import { type ProvisioningReport, provision } from './provision/provisioning.ts';
import { type QueueReading, readQueues } from './queue-readings.ts';
import { RunningParts } from './running-parts.ts';
import type { WorkerFleet as LocalFleet } from './workers/worker-fleet.ts';

export type { LocalResource, LocalStack } from './local-stack.ts';
export type { AlarmReading } from './monitoring.ts';
export type { QueueReading } from './queue-readings.ts';
export type { WorkerFleet as LocalFleet } from './workers/worker-fleet.ts';

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
   * Port of the first HTTP API on 127.0.0.1, the others next to it; 0 takes free ones.
   *
   * @default 4567
   */
  readonly httpPort?: number;
  /**
   * Longest visibility timeout that a queue gets, in seconds, so that what failed comes back soon.
   *
   * @default 5
   */
  readonly maxVisibilityTimeoutSeconds?: number;
  /**
   * Workers of each fleet, 0 or more.
   *
   * @default 1
   */
  readonly workers?: number;
  /**
   * Variables of functions and fleets that go over those of the templates, by the path of the construct of
   * the function, the Auto Scaling group or the ECS service.
   *
   * @default - none
   */
  readonly environmentOverrides?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Values for template parameters, by name, or `stack:name` for one stack alone.
   *
   * @default - the templates' own defaults
   */
  readonly parameters?: Readonly<Record<string, string>>;
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
  /** All that happens, as it happens. */
  readonly events: CloudEventStream;
  /** Finds a resource by the path of its construct, or by a logical id that only one stack has. */
  resource(idOrPath: string): LocalResource | undefined;
  /** Fleets of workers, each a few processes. */
  readonly fleets: readonly LocalFleet[];
  /** Mails that SES took, the oldest first. */
  readonly outbox: readonly Mail[];
  /** Exact depths of all queues at this moment. */
  queues(): readonly QueueReading[];
  /** States of all alarms that are evaluated. */
  alarms(): readonly AlarmReading[];
  /**
   * Changes variables of a function, as a deployment would; undefined removes one.
   *
   * @throws Error where there is no such function.
   */
  updateEnvironment(idOrPath: string, variables: Readonly<Record<string, string | undefined>>): void;
  /** Takes in nothing further, lets what is in hand end, and stops everything. */
  stop(): Promise<void>;
}

/**
 * Provisions a synthesized app on this machine.
 *
 * @throws AssemblyError where the app cannot be read, resolved or made.
 * @throws PortUnavailable where another program listens on a port.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const templates = selectStacks(readAssembly(options.assemblyDirectory), options.systems);
  const apis = templates.flatMap(({ template }) => Object.values(template.Resources)).filter(isHttpApi);
  const brokers = templates.flatMap(({ template }) => Object.values(template.Resources)).filter(isBroker);
  const parts = await RunningParts.start({
    port: options.port ?? 4566,
    httpPorts: await portsFrom(options.httpPort ?? 4567, apis.length),
    // Programs are told where; nobody else need know.
    brokerPorts: await portsFrom(0, brokers.length),
    region: DEFAULT_REGION,
    fleetSize: options.workers ?? 1,
  });
  try {
    return await provisioned(templates, parts, options);
  } catch (fault) {
    await parts.stop();
    throw fault;
  }
}

async function provisioned(
  templates: ReturnType<typeof selectStacks>,
  parts: RunningParts,
  options: LocalCloudOptions,
): Promise<LocalCloud> {
  const endpoint = parts.endpoint.url;
  const httpApi = (apiId: string) => parts.httpApis.url(apiId);
  const broker = (name: string, kind: BrokerKind) => parts.brokers.address(name, kind);
  const registry = new ProviderRegistry(PROVIDERS);
  const assembly = new ResolvedAssembly(templates, {
    identify: resource => registry.identify(resource, { endpoint, httpApi, broker }),
    localize: text => localizeApiUrls(text, httpApi),
    parameters: options.parameters ?? {},
  });
  const notes: ResourceNote[] = [];
  const declared = assembly.stacks.flatMap(stack => stack.resources());
  const report = await provision(declared, registry, {
    endpoint,
    clients: parts.clients,
    directQueues: parts.endpoint.directQueues,
    functions: parts.functions,
    asynchronousInvocations: parts.asynchronousInvocations,
    httpApis: parts.httpApis,
    workers: parts.workers,
    loadBalancers: parts.loadBalancers,
    schedules: parts.schedules,
    eventBus: parts.endpoint.eventBus,
    stepFunctions: parts.endpoint.stepFunctions,
    deliveryStreams: parts.deliveryStreams,
    mail: parts.endpoint.mail,
    secrets: parts.endpoint.secrets,
    brokers: parts.brokers,
    monitoring: parts.monitoring,
    maxVisibilityTimeoutSeconds: options.maxVisibilityTimeoutSeconds ?? 5,
    addMapping: mapping => parts.addMapping(mapping),
    addBrokerMapping: mapping => parts.addBrokerMapping(mapping),
    environmentOverride: ({ path }) => overridesFor(path, options.environmentOverrides ?? {}),
    note: ({ path }, text) => notes.push({ path, text }),
  });
  parts.monitoring.start();
  const stacks = localStacks(assembly, registry);
  return {
    ...report,
    endpoint,
    stacks,
    notes,
    knownLimits: KNOWN_LIMITS,
    events: parts.events,
    resource: idOrPath => findResource(stacks, idOrPath),
    fleets: parts.workers.all,
    outbox: parts.endpoint.mail.outbox,
    queues: () => readQueues(parts.endpoint.store.queues),
    alarms: () => parts.monitoring.readings(),
    updateEnvironment: (idOrPath, variables) => {
      const found = findResource(stacks, idOrPath);
      if (found?.type !== 'AWS::Lambda::Function') {
        throw new Error(`${idOrPath} is no function of the stacks that run.`);
      }
      parts.functions.updateEnvironment(found.ref, variables);
    },
    stop: () => parts.stop(),
  };
}

function isHttpApi({ Type }: TemplateResource): boolean {
  return Type === 'AWS::ApiGatewayV2::Api';
}

function isBroker({ Type }: TemplateResource): boolean {
  return Type === 'AWS::AmazonMQ::Broker';
}

function overridesFor(
  path: string,
  overrides: NonNullable<LocalCloudOptions['environmentOverrides']>,
): Readonly<Record<string, string>> {
  return Object.entries(overrides).find(([construct]) => isPath(path, construct))?.[1] ?? {};
}
