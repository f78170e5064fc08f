import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { MessageBroker } from '../message-broker.ts';
import { brokerMeasure, brokerMetric, queueMeasure } from './broker-metrics.ts';
import { MonitoringAlarm } from './monitoring-alarm.ts';
import { fineAlarms } from './monitoring-context.ts';

export interface BrokerMonitoringProps {
  readonly broker: MessageBroker;
  readonly alarmTopic: AlarmTopic;

  /** Names of its queues that consumers take messages from. */
  readonly queues: readonly string[];

  /** Names of its queues that should be empty. */
  readonly deadLetterQueues: readonly string[];

  /**
   * How many messages may wait in a queue for a quarter of an hour.
   *
   * @default 1000
   */
  readonly maxBacklog?: number;

  /**
   * How many connections there may be. Each program here opens one, and a leak opens hundreds.
   *
   * @default 100
   */
  readonly maxConnections?: number;
}

const aboveOrAt = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;
const above = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD;
const below = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD;

const minute = Duration.minutes(1);
const fiveMinutes = Duration.minutes(5);

/** Percent of its memory limit at which RabbitMQ is about to block publishers: it does at 100. */
const highMemory = 80;
/** Percent of all processors over a quarter of an hour. */
const highCpu = 80;
/** RabbitMQ blocks publishers when less than the limit is free. */
const fewTimesTheDiskLimit = 2;
const highStore = 80;

/**
 * Alarms of a broker: it says nothing any more, is short of memory, processor or disk, has too many connections, a
 * queue is not emptied or has nobody who would, a DLQ has a message. A broker that is down has no metrics, which is
 * good news to all of these but the first. Processor and connections are fine alarms: where a stage has the
 * essential ones, they are not there.
 *
 * @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html
 * @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/activemq-logging-monitoring.html
 */
export class BrokerMonitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: BrokerMonitoringProps) {
    const { broker, queues, deadLetterQueues } = props;
    const isRabbit = broker.engine.engineType === 'RABBITMQ';
    super(scope, id);
    const maxBacklog = props.maxBacklog ?? 1_000;
    this.alarms = [
      this.#silent(broker),
      ...(isRabbit ? this.#ofRabbitMq(broker) : this.#ofActiveMq(broker)),
      ...fineAlarms(this, () => [this.#cpu(broker), this.#connections(broker, props.maxConnections ?? 100)]),
      ...queues.flatMap(queue => [this.#depth(broker, queue, maxBacklog), this.#consumers(broker, queue)]),
      ...deadLetterQueues.map(queue => this.#deadLetters(broker, queue)),
    ];
    props.alarmTopic.notifyOf(...this.alarms);
  }

  /** A broker tells of its processors every minute, whatever it is at. */
  #silent(broker: MessageBroker): cloudwatch.Alarm {
    const alarm = new MonitoringAlarm(this, 'Silent', {
      means:
        'For a quarter of an hour, CloudWatch heard nothing of the broker: it is down, or too busy to tell.',
      breaks:
        'Nobody publishes and nobody is handed anything, and no other alarm of the broker can go off. What is not on it yet waits in SQS.',
      runbook: 'brokerSilent',
      metric: brokerMeasure(broker, 'processors', {
        statistic: cloudwatch.Stats.SAMPLE_COUNT,
        period: fiveMinutes,
      }),
      threshold: 1,
      comparisonOperator: below,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      // Of reports, where the graph is of percent.
      isDrawn: false,
    });
    // A broker takes longer than a quarter of an hour to come about.
    alarm.node.addDependency(broker);
    return alarm;
  }

  #ofRabbitMq(broker: MessageBroker): cloudwatch.Alarm[] {
    const most = { statistic: cloudwatch.Stats.MAXIMUM, period: minute };
    const least = { statistic: cloudwatch.Stats.MINIMUM, period: minute };
    return [
      new MonitoringAlarm(this, 'Memory', {
        means: `A node uses more than ${highMemory} percent of the memory at which the broker blocks publishers.`,
        breaks:
          'Once blocked, nobody publishes until consumers have emptied queues. Nothing confirmed is lost.',
        runbook: 'brokerMemory',
        metric: new cloudwatch.MathExpression({
          label: 'Memory of the limit (%)',
          expression: '100 * used / allowed',
          usingMetrics: {
            used: brokerMetric(broker, 'RabbitMQMemUsed', most),
            allowed: brokerMetric(broker, 'RabbitMQMemLimit', least),
          },
          period: minute,
        }),
        threshold: highMemory,
        comparisonOperator: above,
        evaluationPeriods: 3,
      }),
      new MonitoringAlarm(this, 'Disk', {
        means: `A node has less than ${fewTimesTheDiskLimit} times the free disk left at which the broker blocks publishers.`,
        breaks:
          'Once blocked, nobody publishes until consumers have emptied queues. Nothing confirmed is lost.',
        runbook: 'brokerDisk',
        metric: new cloudwatch.MathExpression({
          label: 'Free disk, in times the limit',
          expression: 'free / least',
          usingMetrics: {
            free: brokerMetric(broker, 'RabbitMQDiskFree', least),
            least: brokerMetric(broker, 'RabbitMQDiskFreeLimit', most),
          },
          period: minute,
        }),
        threshold: fewTimesTheDiskLimit,
        comparisonOperator: below,
        evaluationPeriods: 3,
      }),
    ];
  }

  #ofActiveMq(broker: MessageBroker): cloudwatch.Alarm[] {
    const most = { statistic: cloudwatch.Stats.MAXIMUM, period: minute };
    return [
      new MonitoringAlarm(this, 'Memory', {
        means: `The broker uses more than ${highMemory} percent of its heap.`,
        breaks: 'It slows publishers down, and stops them when it is full. Nothing persistent is lost.',
        runbook: 'brokerMemory',
        metric: brokerMetric(broker, 'HeapUsage', most),
        threshold: highMemory,
        comparisonOperator: above,
        evaluationPeriods: 3,
      }),
      new MonitoringAlarm(this, 'Disk', {
        means: `Messages fill more than ${highStore} percent of the broker's store.`,
        breaks: 'Once it is full, nobody publishes until consumers have emptied queues.',
        runbook: 'brokerDisk',
        metric: brokerMetric(broker, 'StorePercentUsage', most),
        threshold: highStore,
        comparisonOperator: above,
        evaluationPeriods: 3,
      }),
    ];
  }

  #cpu(broker: MessageBroker): cloudwatch.Alarm {
    return new MonitoringAlarm(this, 'Cpu', {
      means: `The broker's processors are busy for more than ${highCpu} percent of a quarter of an hour.`,
      breaks: 'Messages are confirmed and handed out late, and connections may be lost.',
      runbook: 'brokerCpu',
      metric: brokerMeasure(broker, 'processors', {
        statistic: cloudwatch.Stats.AVERAGE,
        period: fiveMinutes,
      }),
      threshold: highCpu,
      comparisonOperator: above,
      evaluationPeriods: 3,
    });
  }

  #connections(broker: MessageBroker, maxConnections: number): cloudwatch.Alarm {
    return new MonitoringAlarm(this, 'Connections', {
      means: `There are more than ${maxConnections} connections: somebody opens them and does not close them.`,
      breaks: 'At its limit, the broker refuses whoever connects, consumers that were replaced among them.',
      runbook: 'brokerConnections',
      metric: brokerMeasure(broker, 'connections', {
        statistic: cloudwatch.Stats.MAXIMUM,
        period: fiveMinutes,
      }),
      threshold: maxConnections,
      comparisonOperator: above,
      evaluationPeriods: 3,
    });
  }

  #depth(broker: MessageBroker, queue: string, maxBacklog: number): cloudwatch.Alarm {
    return new MonitoringAlarm(this, idOf(queue, 'Depth'), {
      means: `More than ${maxBacklog} messages wait in ${queue} for a quarter of an hour: more arrive than are handled.`,
      breaks:
        'What they ask for is late, and later every minute. A broker that is filled blocks all publishers.',
      runbook: 'brokerQueueDepth',
      metric: queueMeasure(broker, queue, 'waiting', {
        statistic: cloudwatch.Stats.MINIMUM,
        period: fiveMinutes,
      }),
      threshold: maxBacklog,
      comparisonOperator: above,
      evaluationPeriods: 3,
    });
  }

  #consumers(broker: MessageBroker, queue: string): cloudwatch.Alarm {
    return new MonitoringAlarm(this, idOf(queue, 'NoConsumers'), {
      means: `Nobody takes messages from ${queue} for a quarter of an hour.`,
      breaks: 'What its messages ask for is not done. They wait.',
      runbook: 'brokerNoConsumers',
      metric: queueMeasure(broker, queue, 'consumers', {
        statistic: cloudwatch.Stats.MAXIMUM,
        period: fiveMinutes,
      }),
      threshold: 1,
      comparisonOperator: below,
      evaluationPeriods: 3,
    });
  }

  #deadLetters(broker: MessageBroker, queue: string): cloudwatch.Alarm {
    return new MonitoringAlarm(this, idOf(queue, 'NotEmpty'), {
      means: `Messages failed until they were given up: they are in ${queue}.`,
      breaks:
        'What they ask for is not done until they are published again. They wait for as long as it takes.',
      runbook: 'brokerDeadLetters',
      metric: queueMeasure(broker, queue, 'all', {
        statistic: cloudwatch.Stats.MAXIMUM,
        period: minute,
      }),
      threshold: 1,
      comparisonOperator: aboveOrAt,
      evaluationPeriods: 1,
    });
  }
}

/** `warehouse.dead` and `NotEmpty` → `WarehouseDeadNotEmpty`. */
function idOf(queue: string, about: string): string {
  const words = queue.split(/[^A-Za-z0-9]+/).map(word => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}${about}`;
}
