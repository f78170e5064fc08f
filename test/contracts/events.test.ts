import * as v from 'valibot';
import { EventFamily, event, eventTypeAttribute } from '../../contracts/events.ts';

const family = new EventFamily({
  kettle_on: event('kettle_on', { litres: v.number() }),
  kettle_off: event('kettle_off', {}),
});
const on = { event_type: 'kettle_on', correlation_id: 'c', litres: 2 } as const;
const off = { event_type: 'kettle_off', correlation_id: 'c' } as const;

describe('EventFamily', () => {
  it('selects the events that it is asked for, and no others', () => {
    const { types, schema } = family.select('kettle_on');

    expect(types).toEqual(['kettle_on']);
    expect(v.is(schema, on)).toBe(true);
    expect(v.is(schema, off)).toBe(false);
    expect(v.is(schema, { ...off, event_type: 'kettle_broken' })).toBe(false);
  });

  it('selects several', () => {
    const { schema } = family.select('kettle_on', 'kettle_off');

    expect(v.is(schema, on)).toBe(true);
    expect(v.is(schema, off)).toBe(true);
  });

  it('keeps fields that it does not know, for whoever does', () => {
    const newer = { ...on, colour: 'red' };

    expect(v.parse(family.select('kettle_on').schema, newer)).toEqual(newer);
  });

  it.each([
    ['no correlation id', { ...on, correlation_id: undefined }],
    ['an empty correlation id', { ...on, correlation_id: '' }],
    ['a wrong field', { ...on, litres: 'two' }],
  ])('refuses an event with %s', (_case, wrong) => {
    expect(v.is(family.select('kettle_on').schema, wrong)).toBe(false);
  });

  it('encodes an event as JSON, with its type in the attribute that filters match on', () => {
    expect(family.encode(on)).toEqual({
      body: JSON.stringify(on),
      attributes: { [eventTypeAttribute]: 'kettle_on' },
    });
  });

  it('encodes an event with its message group, where the family has groups', () => {
    const grouped = new EventFamily(family.schemas, { groupBy: ({ correlation_id }) => correlation_id });

    expect(grouped.encode(on)).toMatchObject({ body: JSON.stringify(on), groupId: 'c' });
  });

  it('encodes an event that belongs to no group without one', () => {
    const grouped = new EventFamily(family.schemas, { groupBy: () => undefined });

    expect(grouped.encode(on)).not.toHaveProperty('groupId');
  });

  it('encodes what it selects', () => {
    expect(v.parse(family.select('kettle_on').schema, JSON.parse(family.encode(on).body))).toEqual(on);
  });
});
