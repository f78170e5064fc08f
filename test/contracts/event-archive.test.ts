import * as v from 'valibot';
import {
  archivedEvents,
  archivedNotification,
  groupOfArchived,
  typeFolder,
  typeInKey,
} from '../../contracts/event-archive.ts';
import { orderEvents } from '../../contracts/orders.ts';

describe('the archive', () => {
  it('keeps every event of an order', () => {
    expect([...archivedEvents.types].sort()).toEqual(Object.keys(orderEvents.schemas).sort());
  });

  it('files events under their date and type, and knows the type by the key', () => {
    const folder = typeFolder('2026-11-01', 'order_placed');
    expect(folder).toBe('events/date=2026-11-01/type=order_placed/');
    expect(typeInKey(`${folder}object.gz`)).toBe('order_placed');
    expect(typeInKey('errors/processing-failed/date=2026-11-01/object.gz')).toBeUndefined();
  });
});

describe('the message group of an archived event', () => {
  const canceled = {
    event_type: 'order_canceled',
    correlation_id: 'c',
    order_id: '7',
    canceled_at: '2026-11-01T10:00:00.000Z',
  };

  it('is the one that it was published with', () => {
    expect(groupOfArchived(JSON.stringify({ ...canceled, tenant: 'acme' }))).toBe('acme');
  });

  it.each([
    ['has none', JSON.stringify(canceled)],
    ['is of another family', '{"event_type":"user_logged_in","tenant":"acme"}'],
    ['is no JSON', 'order 7'],
  ])('is none where it %s', (_, message) => {
    expect(groupOfArchived(message)).toBeUndefined();
  });
});

it('is a line with id, time, message and attributes of the publication', () => {
  const line = { MessageId: 'm', Timestamp: '2026-11-01T10:00:00.123Z', Message: '{}', Type: 'Notification' };
  expect(v.parse(archivedNotification, line)).toMatchObject({ MessageAttributes: {} });
  for (const missing of ['MessageId', 'Timestamp', 'Message']) {
    expect(v.safeParse(archivedNotification, { ...line, [missing]: undefined }).success).toBe(false);
  }
});
