import { activeMqDeadLetterPrefix } from '../../../contracts/broker.ts';
import { within } from '../validation.ts';
import type { BrokerEngine } from './broker-engine.ts';

export interface ActiveMqProps {
  /**
   * One instance; or two in as many zones over one storage, of which the second takes over when the first fails.
   *
   * @default 'single-instance'
   */
  readonly deployment?: 'single-instance' | 'active-standby';

  /**
   * Machine of an instance; ActiveMQ runs on `mq.m5` alone.
   *
   * @default 'mq.m5.large'
   */
  readonly instanceType?: string;

  /**
   * How often a message that is refused is handed out before it goes to the DLQ of its queue, 2 to 100.
   *
   * @default 5
   */
  readonly deliveryLimit?: number;
}

const instanceTypes = ['large', 'xlarge', '2xlarge', '4xlarge'].map(size => `mq.m5.${size}`);

/**
 * ActiveMQ, which programs here speak STOMP to. What RabbitMQ's queues say of themselves stands in its configuration:
 * each queue has a DLQ of its own, `DLQ.<queue>`, and the broker itself tries again, after growing pauses, whatever a
 * program refused. Consumers of this repository refuse nothing: they move what failed, and count by themselves.
 *
 * @see https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/permitted-configs.html
 */
export function activeMq(props: ActiveMqProps = {}): BrokerEngine {
  const isPair = props.deployment === 'active-standby';
  const hostInstanceType = props.instanceType ?? 'mq.m5.large';
  const deliveryLimit = props.deliveryLimit ?? 5;
  return {
    engineType: 'ACTIVEMQ',
    engineVersion: '5.19',
    deploymentMode: isPair ? 'ACTIVE_STANDBY_MULTI_AZ' : 'SINGLE_INSTANCE',
    hostInstanceType,
    zones: isPair ? 2 : 1,
    protocol: 'stomp',
    port: 61614,
    // Lambda speaks OpenWire with it.
    eventSourcePort: 61617,
    configuration: configurationWith(deliveryLimit),
    logs: { general: true, audit: true },
    takesKey: true,
    rules: [
      {
        prop: 'instanceType',
        value: hostInstanceType,
        holds: instanceTypes.includes(hostInstanceType),
        allowed: instanceTypes.join(', '),
        remedy: 'Amazon MQ runs ActiveMQ on no other machines.',
      },
      {
        prop: 'deliveryLimit',
        value: deliveryLimit,
        holds: Number.isInteger(deliveryLimit) && within(deliveryLimit, 2, 100),
        allowed: 'a whole number from 2 to 100',
        remedy: 'One delivery alone would give up what a restarted consumer had in hand.',
      },
    ],
  };
}

function configurationWith(deliveryLimit: number): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<broker xmlns="http://activemq.apache.org/schema/core" schedulerSupport="true">
  <destinationPolicy>
    <policyMap>
      <policyEntries>
        <policyEntry queue="&gt;">
          <deadLetterStrategy>
            <individualDeadLetterStrategy queuePrefix="${activeMqDeadLetterPrefix}" useQueueForQueueMessages="true" processExpired="true" processNonPersistent="true"/>
          </deadLetterStrategy>
        </policyEntry>
      </policyEntries>
    </policyMap>
  </destinationPolicy>
  <plugins>
    <redeliveryPlugin fallbackToDeadLetter="true" sendToDlqIfMaxRetriesExceeded="true">
      <redeliveryPolicyMap>
        <redeliveryPolicyMap>
          <defaultEntry>
            <redeliveryPolicy initialRedeliveryDelay="1000" maximumRedeliveries="${deliveryLimit - 1}" maximumRedeliveryDelay="60000" redeliveryDelay="1000" useExponentialBackOff="true" backOffMultiplier="2"/>
          </defaultEntry>
        </redeliveryPolicyMap>
      </redeliveryPolicyMap>
    </redeliveryPlugin>
  </plugins>
</broker>
`;
}
