import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type ParcelScanned, parcelEvents } from '../../../contracts/parcels.ts';
import { until } from '../condition.ts';
import { expectEqual, unequal } from '../expectations.ts';
import { publish } from '../published-event.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckSteps, RunningSystem, Scenario } from '../scenario.ts';

const deadLetterAlarm = 'cross-account-queue/ScansMonitoring/DeadLetters';

/** A scan at an hour of one day. */
function scanOf(parcel_id: string, status: ParcelScanned['status'], hour: number): ParcelScanned {
  return {
    event_type: 'parcel_scanned',
    correlation_id: `${parcel_id}-${hour}`,
    parcel_id,
    status,
    place: `Depot ${hour}`,
    scanned_at: `2026-11-02T${String(hour).padStart(2, '0')}:00:00.000Z`,
  };
}

/** The account is the same here: what another may do is for the policy tests to tell. */
export const scenario: Scenario = {
  async demonstrate(system, tell) {
    const desk = new ParcelDesk(system);
    await desk.publishes(scanOf('P-1001', 'collected', 8));
    await desk.sends(scanOf('P-1001', 'in_transit', 11));
    await until(() => desk.isSeen('P-1001', 'in_transit'));
    tell("Parcel P-1001 is on its way, told by the carrier's topic and by a sender of its own");
  },

  async check(system, { step }, { volume }) {
    await checkParcels(system, step, volume);
  },
};

async function checkParcels(system: RunningSystem, step: CheckSteps['step'], volume: number): Promise<void> {
  const desk = new ParcelDesk(system);
  const parcels = Array.from({ length: volume }, (_, index) => `P-${1001 + index}`);
  await step("scans come from the carrier's topic, the later ones first", async () => {
    for (const hour of [18, 11, 8]) {
      await Promise.all(
        parcels.map(parcel =>
          desk.publishes(
            scanOf(parcel, hour === 18 ? 'delivered' : hour === 11 ? 'in_transit' : 'collected', hour),
          ),
        ),
      );
    }
    return `${3 * parcels.length} scans`;
  });
  await step('each parcel is where it was seen last', async () => {
    for (const parcel of parcels) await until(() => desk.handled(parcel, 3));
    for (const parcel of parcels) expectEqual(parcel, await desk.statusOf(parcel), 'delivered');
    return undefined;
  });
  await step('a sender that is let into the queue itself is heard too', async () => {
    await desk.sends(scanOf('P-direct', 'collected', 9));
    await until(() => desk.isSeen('P-direct', 'collected'));
    return undefined;
  });
  await step('a scan that comes twice changes nothing', async () => {
    await desk.sends(scanOf('P-direct', 'collected', 9));
    await until(async () => (desk.outcomes('P-direct').includes('scan_known') ? undefined : 'not come yet'));
    return undefined;
  });
  await step('a message that is no scan ends in the DLQ, and the alarm goes off', async () => {
    await desk.sends({ ...scanOf('P-poison', 'collected', 9), status: 'lost' } as never);
    await until(async () =>
      unequal('messages in the DLQ', await messagesIn(system.sqs, system.output('ScansDlqUrl')), 1),
    );
    await until(async () => unequal('alarm', system.alarmState(deadLetterAlarm), 'ALARM'));
    return deadLetterAlarm;
  });
  await step('once it is deleted, and the right one is published, the alarm is over', async () => {
    await system.sqs.send(new PurgeQueueCommand({ QueueUrl: system.output('ScansDlqUrl') }));
    await desk.publishes(scanOf('P-poison', 'in_transit', 10));
    await until(() => desk.isSeen('P-poison', 'in_transit'));
    await until(async () => unequal('alarm', system.alarmState(deadLetterAlarm), 'OK'));
    return undefined;
  });
}

/** What carriers do, and what the shop knows. */
class ParcelDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  publishes(scan: ParcelScanned): Promise<void> {
    return publish(this.#system.sns, this.#system.output('ParcelsTopicArn'), parcelEvents.encode(scan));
  }

  async sends(scan: ParcelScanned): Promise<void> {
    await this.#system.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#system.output('ScansQueueUrl'),
        MessageBody: parcelEvents.encode(scan).body,
      }),
    );
  }

  async statusOf(parcelId: string): Promise<unknown> {
    const { Item: item = {} } = await this.#system.dynamodb.send(
      new GetCommand({
        TableName: this.#system.output('ParcelTableName'),
        Key: { pk: `PARCEL#${parcelId}` },
        ConsistentRead: true,
      }),
    );
    return item.status;
  }

  async isSeen(parcelId: string, status: ParcelScanned['status']): Promise<string | undefined> {
    return unequal(parcelId, await this.statusOf(parcelId), status);
  }

  /** Outcomes of the scans of a parcel so far. */
  outcomes(parcelId: string): unknown[] {
    return this.#system.log
      .filter(({ fields }) => fields.parcel_id === parcelId && fields.outcome !== 'failed')
      .map(({ fields }) => fields.outcome);
  }

  async handled(parcelId: string, scans: number): Promise<string | undefined> {
    return unequal(`scans of ${parcelId}`, this.outcomes(parcelId).length, scans);
  }
}
