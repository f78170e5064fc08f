import { PublishCommand } from '@aws-sdk/client-sns';
import { AlarmMonitor } from './alarms/alarm-monitor.ts';
import type { ActingAlarm, AlarmSpec, AlarmState } from './alarms/alarm-spec.ts';
import type { CompositeSpec } from './alarms/composite-alarm.ts';
import { lambdaMetrics, lostInvocationMetric, queueMetrics } from './alarms/service-metrics.ts';
import type { CloudEventStream } from './cloud-events.ts';
import type { MessageStore } from './emulators/message-store.ts';
import type { AwsClients } from './provision/aws-clients.ts';
import {
  executionMetric,
  fleetMetrics,
  httpApiMetrics,
  publicationMetric,
  queueGauges,
  serverMetrics,
  topicMetrics,
} from './service-samples.ts';
import type { LoadBalancers } from './workers/load-balancers.ts';
import type { WorkerFleets } from './workers/worker-fleets.ts';

/** An alarm at one moment. */
export interface AlarmReading {
  readonly name: string;
  /** Path of its construct, without CDK's last `/Resource`. */
  readonly path: string;
  readonly state: AlarmState;
}

export interface MonitoringOptions {
  readonly events: CloudEventStream;
  readonly clients: AwsClients;
  readonly queues: MessageStore['queues'];
  readonly workers: WorkerFleets;
  readonly loadBalancers: LoadBalancers;
}

/** The alarms of the stacks, and what they are judged by: all that happens, and what queues hold. */
export class Monitoring {
  readonly #alarms: AlarmMonitor;
  readonly #paths = new Map<string, string>();

  constructor({ events, clients, queues, workers, loadBalancers }: MonitoringOptions) {
    this.#alarms = new AlarmMonitor({
      sources: [
        () => queueGauges(queues, Date.now()).flatMap(gauge => queueMetrics(gauge, Date.now())),
        () => workers.all.flatMap(fleet => fleetMetrics(fleet, Date.now())),
        () => loadBalancers.counts().map(count => serverMetrics(count, Date.now())),
      ],
      publish: async (topicArn, message, subject) => {
        const region = topicArn.split(':')[3] ?? '';
        await clients
          .sns(region)
          .send(new PublishCommand({ TopicArn: topicArn, Message: message, Subject: subject }));
      },
    });
    const record = this.#alarms.record.bind(this.#alarms);
    events.on('metric', record);
    events.on('invocation', report => lambdaMetrics(report, Date.now()).forEach(record));
    events.on('lostInvocation', lost => record(lostInvocationMetric(lost.functionName, Date.now())));
    events.on('publication', published => record(publicationMetric(published, Date.now())));
    events.on('delivery', outcome => topicMetrics(outcome, Date.now()).forEach(record));
    events.on('request', request => httpApiMetrics(request, Date.now()).forEach(record));
    events.on('execution', execution => record(executionMetric(execution, Date.now())));
    this.#alarms.events.on('change', ({ spec, newState, reason }) => {
      const { alarmName } = spec;
      events.emit('alarm', { name: alarmName, path: this.#path(alarmName), state: newState, reason });
    });
  }

  /** @returns why the alarm is not evaluated; undefined where it is */
  addAlarm(spec: AlarmSpec, path: string): string | undefined {
    this.#alarms.add(spec);
    return this.#obstacle(spec, path);
  }

  /** @returns why the alarm is not evaluated; undefined where it is */
  addCompositeAlarm(spec: CompositeSpec, path: string): string | undefined {
    this.#alarms.addComposite(spec);
    return this.#obstacle(spec, path);
  }

  #obstacle({ alarmName: added }: ActingAlarm, path: string): string | undefined {
    this.#paths.set(added, path.replace(/\/Resource$/, ''));
    return this.#alarms.notEvaluated.find(({ alarmName }) => alarmName === added)?.reason;
  }

  readings(): readonly AlarmReading[] {
    return [...this.#alarms.states].map(([name, state]) => ({ name, path: this.#path(name), state }));
  }

  start(): void {
    this.#alarms.start();
  }

  stop(): Promise<void> {
    return this.#alarms.stop();
  }

  #path(alarmName: string): string {
    return this.#paths.get(alarmName) ?? alarmName;
  }
}
