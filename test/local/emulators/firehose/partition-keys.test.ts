import {
  ExtractionFailed,
  PartitionKeys,
  UnsupportedQuery,
} from '../../../../local/emulators/firehose/partition-keys.ts';

describe('partition keys', () => {
  it('are fields, however deep, and fields of JSON within a text', () => {
    const keys = new PartitionKeys(
      '{type:.event_type, "place": .where.city, id:.Message|fromjson|.order.id}',
    );
    const record = {
      event_type: 'order_placed',
      where: { city: 'Bern' },
      Message: JSON.stringify({ order: { id: 7 } }),
    };
    expect(keys.of(JSON.stringify(record))).toEqual({ type: 'order_placed', place: 'Bern', id: '7' });
  });

  it.each([
    ['no JSON', 'not json', 'The record is not valid JSON'],
    ['a text that is no JSON', '{"Message":"not json"}', 'The record is not valid JSON'],
    ['no such text', '{}', 'The record is not valid JSON'],
    ['no such field', '{"Message":"{}"}', 'The partition key type has no value'],
    ['an empty value', '{"Message":"{\\"event_type\\":\\"\\"}"}', 'The partition key type has no value'],
    ['an object in its place', '{"Message":"{\\"event_type\\":{}}"}', 'The partition key type has no value'],
    ['a number where an object should be', '{"Message":"7"}', 'Cannot index number with "event_type"'],
  ])('fail on %s', (_, record, reason) => {
    const keys = new PartitionKeys('{type:.Message|fromjson|.event_type}');
    expect(() => keys.of(record)).toThrow(ExtractionFailed);
    expect(() => keys.of(record)).toThrow(reason);
  });

  it.each(['.event_type', '{type:.time|strftime("%Y")}', '{type:.items[0]}', '{.event_type}', '{}'])(
    'refuse what they do not understand: %s',
    query => {
      expect(() => new PartitionKeys(query)).toThrow(UnsupportedQuery);
    },
  );
});
