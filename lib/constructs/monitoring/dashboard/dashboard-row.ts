import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { EventSchemas } from '../../../../contracts/events.ts';
import type { BrokerService } from '../../broker-service.ts';
import type { DurableQueue } from '../../durable-queue.ts';
import type { EventArchive } from '../../event-archive.ts';
import type { EventStream } from '../../event-stream.ts';
import type { FanOutTopic } from '../../fan-out-topic.ts';
import type { WorkerTier } from '../../fleet/worker-tier.ts';
import type { HttpIntake } from '../../http-intake.ts';
import type { MessageBroker } from '../../message-broker.ts';
import type { MessageFunction } from '../../message-function.ts';
import type { Redriver } from '../../redriver.ts';
import type { ServiceEventIntake } from '../../service-event-intake.ts';
import type { StateTable } from '../../state-table.ts';
import type { TaskScheduler } from '../../task-scheduler.ts';
import type { WebService } from '../../web-service.ts';
import type { Workflow } from '../../workflow.ts';
import { brokerDeadLetterGraph, brokerGraphs, brokerQueueGraph } from './broker-graphs.ts';
import { consumerGraph, functionGraph, jobsGraph, serversGraph, tierGraphs } from './compute-graphs.ts';
import { logLink, queueLink } from './console-links.ts';
import {
  archiveGraphs,
  intakeGraph,
  schedulerGraph,
  serviceEventGraph,
  streamGraph,
  tableGraph,
  workflowGraph,
} from './edge-graphs.ts';
import { fairnessGraphs } from './fairness-graphs.ts';
import type { Graph } from './graph.ts';
import { deadLetterGraph, placeOf, queueGraph } from './queue-graphs.ts';
import { redriveGraph } from './redrive-graph.ts';
import { topicGraph } from './topic-graphs.ts';

/** A topic as far as a dashboard shows it. */
type ShownTopic = Pick<FanOutTopic<EventSchemas>, 'node' | 'topic' | 'undelivered'>;

/**
 * A piece of a message's way, from left to right in the order in which it is told, and at its end the DLQs of
 * all that was named: what got lost on this piece is there.
 *
 * Topics are named after their subscriptions are made.
 */
export class DashboardRow {
  readonly title: string;
  readonly #graphs: Graph[] = [];
  readonly #links: string[] = [];
  readonly #deadLetterQueues = new Set<IQueue>();

  /** @param title what happens on this piece of the way. */
  constructor(title: string) {
    this.title = title;
  }

  get graphs(): readonly Graph[] {
    const deadLetterQueues = [...this.#deadLetterQueues];
    return deadLetterQueues.length > 0 ? [...this.#graphs, deadLetterGraph(deadLetterQueues)] : this.#graphs;
  }

  /** Markdown links to the queues and logs of the row. */
  get links(): readonly string[] {
    return [...this.#links, ...[...this.#deadLetterQueues].map(queue => queueLink(placeOf(queue), queue))];
  }

  intake(intake: HttpIntake): this {
    return this.#show(intakeGraph(intake));
  }

  /** Application servers behind an intake. */
  servers(service: WebService): this {
    this.#links.push(logLink(`log of ${service.node.id}`, service.logGroup));
    return this.#show(serversGraph(service));
  }

  /** A function that is asked by others than queues and topics. */
  function(shown: MessageFunction): this {
    this.#links.push(logLink(`log of ${shown.node.id}`, shown.function.logGroup));
    return this.#show(functionGraph(shown));
  }

  /** A function that takes messages of a queue, or of a topic. */
  consumer(shown: MessageFunction): this {
    this.#links.push(logLink(`log of ${shown.node.id}`, shown.function.logGroup));
    return this.#show(consumerGraph(shown));
  }

  /** Workers on instances or in containers. */
  fleet(tier: WorkerTier): this {
    this.#links.push(logLink(`log of ${tier.serviceName}`, tier.logGroup));
    return this.#show(...tierGraphs(tier.serviceName, tier));
  }

  topic({ node, topic, undelivered }: ShownTopic): this {
    return this.#show(topicGraph(node.id, topic)).deadLetters(...undelivered);
  }

  queue({ node, queue, deadLetterQueue }: DurableQueue): this {
    this.#links.push(queueLink(node.id, queue));
    return this.#show(queueGraph(node.id, queue)).deadLetters(deadLetterQueue);
  }

  /** What tells noisy message groups of a queue from quiet ones. */
  fairness(queue: DurableQueue): this {
    return this.#show(...fairnessGraphs(queue));
  }

  /** A broker itself, whatever goes through it. */
  broker(broker: MessageBroker): this {
    return this.#show(...brokerGraphs(broker));
  }

  /** A queue on a broker. */
  brokerQueue(broker: MessageBroker, queue: string): this {
    return this.#show(brokerQueueGraph(broker, queue));
  }

  /** DLQs on a broker. */
  brokerDeadLetters(broker: MessageBroker, queues: readonly string[]): this {
    return this.#show(brokerDeadLetterGraph(broker, queues));
  }

  /** Containers that take messages from a broker. */
  brokerService(service: BrokerService): this {
    this.#links.push(logLink(`log of ${service.serviceName}`, service.logGroup));
    return this.#show(jobsGraph(service.serviceName, service));
  }

  table(table: StateTable): this {
    return this.#show(tableGraph(table));
  }

  scheduler(scheduler: TaskScheduler): this {
    return this.#show(schedulerGraph(scheduler)).deadLetters(scheduler.undelivered);
  }

  /** Rules by which AWS services tell. */
  serviceEvents(intake: ServiceEventIntake): this {
    return this.#show(serviceEventGraph(intake)).deadLetters(intake.undelivered);
  }

  workflow(workflow: Workflow): this {
    this.#links.push(logLink(`log of ${workflow.node.id}`, workflow.logGroup));
    return this.#show(workflowGraph(workflow));
  }

  archive(archive: EventArchive): this {
    return this.#show(...archiveGraphs(archive));
  }

  stream(stream: EventStream): this {
    return this.#show(streamGraph(stream));
  }

  /** What moves messages of DLQs back, each DLQ of which is beside its queue. */
  redriver({ function: run, table }: Redriver): this {
    return this.#show(redriveGraph(run)).function(run).table(table);
  }

  /** DLQs that belong to nothing else in the row. */
  deadLetters(...queues: IQueue[]): this {
    for (const queue of queues) this.#deadLetterQueues.add(queue);
    return this;
  }

  /** Something that a system alone has. */
  graph(graph: Graph): this {
    return this.#show(graph);
  }

  #show(...graphs: Graph[]): this {
    this.#graphs.push(...graphs);
    return this;
  }
}
