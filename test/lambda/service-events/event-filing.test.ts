import type { IncidentRaised } from '../../../contracts/service-events.ts';
import { eventFiling } from '../../../lambda/service-events/event-filing.ts';
import { EventTable } from '../../../lambda/service-events/event-table.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { DynamoDbServer } from '../../support/dynamodb-server.ts';
import { serviceEvent } from '../../support/service-events.ts';

describe('eventFiling', () => {
  let server: DynamoDbServer;
  let tableName: string;
  let published: IncidentRaised[];
  let publish: (event: IncidentRaised) => Promise<void>;
  beforeAll(async () => {
    server = await DynamoDbServer.start();
  });
  beforeEach(async () => {
    tableName = await server.createTable();
    published = [];
    publish = async event => {
      published.push(event);
    };
  });
  afterAll(() => server.stop());

  const table = (documents: Pick<DynamoDbServer['documents'], 'send'>) =>
    new EventTable({ documents, tableName, retentionDays: 30 });
  const file = () =>
    eventFiling({ file: table(server.documents), incidents: { publish: event => publish(event) } });
  const item = (id: string) => server.item(tableName, `EVENT#${id}`);
  const routine = serviceEvent.instance();
  const incident = serviceEvent.health({ category: 'issue' });

  it('keeps the whole event for as long as it is told to', async () => {
    const event = { ...routine, unknown: 'kept' };
    expect(await file()(event)).toEqual({ outcome: 'filed' });
    expect(await item(event.correlation_id)).toEqual({
      pk: `EVENT#${event.correlation_id}`,
      event,
      // 2026-12-26T14:30:00Z, 30 days after it happened.
      expires_at: 1_798_295_400,
    });
    expect(published).toEqual([]);
  });

  it('files an event once', async () => {
    await file()(routine);
    expect(await file()({ ...routine, state: 'changed' })).toEqual({ outcome: 'already_filed' });
    expect(await item(routine.correlation_id)).toMatchObject({ event: routine });
  });

  it('raises what matters, under the id of the event', async () => {
    expect(await file()(incident)).toMatchObject({ outcome: 'raised', details: { severity: 'critical' } });
    expect(published).toEqual([
      {
        event_type: 'incident_raised',
        correlation_id: incident.correlation_id,
        incident_id: incident.correlation_id,
        severity: 'critical',
        summary: expect.stringContaining('AWS has a problem with SQS'),
        at: incident.at,
        account: incident.account,
        region: incident.region,
      },
    ]);
    expect(await item(incident.correlation_id)).toHaveProperty('raised_at');
  });

  it('raises it once, however often the event comes', async () => {
    await file()(incident);
    expect(await file()(incident)).toEqual({ outcome: 'already_raised' });
    expect(published).toHaveLength(1);
  });

  it('raises what it could not before', async () => {
    publish = () => Promise.reject(new DependencyDownError('SNS is down'));
    await expect(file()(incident)).rejects.toThrow('SNS is down');
    expect(await item(incident.correlation_id)).not.toHaveProperty('raised_at');

    publish = async event => {
      published.push(event);
    };
    expect(await file()(incident)).toMatchObject({ outcome: 'raised' });
    expect(published).toHaveLength(1);
  });

  it('fails, and raises nothing, while the table is down', async () => {
    const down = { send: () => Promise.reject(Object.assign(new Error(), { name: 'ThrottlingException' })) };
    const handle = eventFiling({ file: table(down as never), incidents: { publish } });
    await expect(handle(incident)).rejects.toThrow(DependencyDownError);
    expect(published).toEqual([]);
  });
});
