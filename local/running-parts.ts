import { AsynchronousInvocations } from './asynchronous-invocations.ts';
import { Brokers } from './brokers/brokers.ts';
import { CloudEventStream } from './cloud-events.ts';
import { destinationsOn } from './destinations.ts';
import { type Endpoint, type EndpointOptions, startEndpoint } from './emulators/endpoint.ts';
import { DeliveryStreams } from './emulators/firehose/delivery-streams.ts';
import { FunctionRuntime } from './functions/function-runtime.ts';
import { HttpApis } from './http-apis.ts';
import type { BrokerMapping } from './mappings/broker-mapping.ts';
import type { EventSourceMapping } from './mappings/event-source-mapping.ts';
import { Monitoring } from './monitoring.ts';
import { AwsClients } from './provision/aws-clients.ts';
import { Schedules } from './schedules.ts';
import { LoadBalancers } from './workers/load-balancers.ts';
import { WorkerFleets } from './workers/worker-fleets.ts';

export interface RunningPartsOptions extends EndpointOptions {
  readonly httpPorts: readonly number[];
  readonly brokerPorts: readonly number[];
  /** How many workers each fleet has. */
  readonly fleetSize: number;
}

/** Everything that runs while the local cloud does, and the order in which it ends. */
export class RunningParts {
  readonly events = new CloudEventStream();
  readonly endpoint: Endpoint;
  readonly clients: AwsClients;
  readonly httpApis: HttpApis;
  readonly functions = new FunctionRuntime();
  readonly workers: WorkerFleets;
  readonly loadBalancers: LoadBalancers;
  readonly schedules = new Schedules();
  readonly asynchronousInvocations: AsynchronousInvocations;
  readonly deliveryStreams = new DeliveryStreams();
  readonly monitoring: Monitoring;
  readonly brokers: Brokers;
  readonly #mappings: EventSourceMapping[] = [];
  readonly #brokerMappings: BrokerMapping[] = [];

  static async start({
    httpPorts,
    brokerPorts,
    fleetSize,
    ...options
  }: RunningPartsOptions): Promise<RunningParts> {
    return new RunningParts(
      await startEndpoint(options),
      new HttpApis(httpPorts),
      new WorkerFleets(fleetSize),
      new Brokers(brokerPorts),
    );
  }

  private constructor(endpoint: Endpoint, httpApis: HttpApis, workers: WorkerFleets, brokers: Brokers) {
    this.brokers = brokers;
    this.httpApis = httpApis;
    this.workers = workers;
    this.loadBalancers = new LoadBalancers(workers);
    httpApis.onRequest = request => this.events.emit('request', request);
    this.endpoint = endpoint;
    this.clients = new AwsClients(endpoint.url);
    this.monitoring = new Monitoring({
      events: this.events,
      clients: this.clients,
      queues: endpoint.store.queues,
      workers,
      loadBalancers: this.loadBalancers,
    });
    this.events.follow(this.functions);
    this.events.followWorkers(workers);
    this.asynchronousInvocations = new AsynchronousInvocations(
      this.functions,
      destinationsOn(endpoint.url, this.clients),
    );
    endpoint.fanOut.invokeFunction = (arn, event) => this.asynchronousInvocations.accept(arn, event);
    endpoint.invocations.functions = {
      names: () => this.functions.functionNames,
      invoke: (name, event) => this.functions.invoke(name, event),
      accept: (name, event) => this.asynchronousInvocations.accept(name, event),
    };
    endpoint.stepFunctions.services = {
      functionNames: () => this.functions.functionNames,
      invoke: (name, event) => this.functions.invoke(name, event),
      sqs: region => this.clients.sqs(region),
    };
    endpoint.stepFunctions.onExecution = execution => this.events.emit('execution', execution);
    this.asynchronousInvocations.onLost = lost => this.events.emit('lostInvocation', lost);
    endpoint.mail.onMail = mail => this.events.emit('mail', mail);
    endpoint.fanOut.putRecord = (arn, record) => this.deliveryStreams.put(arn, record);
    endpoint.fanOut.onPublished = notification => this.events.emit('publication', notification);
    endpoint.fanOut.onOutcome = outcome => this.events.emit('delivery', outcome);
  }

  addMapping(mapping: EventSourceMapping): void {
    this.#mappings.push(mapping);
    this.events.followMapping(mapping);
  }

  addBrokerMapping(mapping: BrokerMapping): void {
    this.#brokerMappings.push(mapping);
  }

  /** Takes in nothing further, lets what is in hand end, then closes the endpoint under it. */
  async stop(): Promise<void> {
    await this.httpApis.stop();
    await this.schedules.stop();
    const mappings = [...this.#mappings, ...this.#brokerMappings];
    await Promise.all([...mappings.map(mapping => mapping.stop()), this.workers.stop()]);
    await this.endpoint.stepFunctions.stop();
    await this.brokers.stop();
    await this.endpoint.fanOut.settled();
    await this.deliveryStreams.flush();
    await this.asynchronousInvocations.settled();
    await this.functions.stop();
    await this.monitoring.stop();
    this.clients.close();
    await this.endpoint.close();
  }
}
