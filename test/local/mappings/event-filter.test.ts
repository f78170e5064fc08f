import { compileFilter, UnsupportedFilter } from '../../../local/mappings/event-filter.ts';

const passes = (pattern: unknown, body: unknown) =>
  compileFilter([JSON.stringify(pattern)])(typeof body === 'string' ? body : JSON.stringify(body));

describe('compileFilter', () => {
  it('passes everything when there is no pattern', () => {
    expect(compileFilter([])('anything')).toBe(true);
  });

  it('passes a body that meets any of several patterns', () => {
    const filter = compileFilter(['{"body":{"type":["placed"]}}', '{"body":{"type":["shipped"]}}']);

    expect(filter('{"type":"placed"}')).toBe(true);
    expect(filter('{"type":"shipped"}')).toBe(true);
    expect(filter('{"type":"canceled"}')).toBe(false);
  });

  it.each([
    ['an exact text', { type: ['placed'] }, { type: 'placed' }, { type: 'Placed' }],
    ['an exact number', { total: [150] }, { total: 150 }, { total: '150' }],
    ['null', { note: [null] }, { note: null }, { note: '' }],
    ['the empty text', { note: [''] }, { note: '' }, { note: null }],
    ['one of a list in the body', { tags: ['b'] }, { tags: ['a', 'b'] }, { tags: ['c'] }],
    ['every key', { a: [1], b: [2] }, { a: 1, b: 2 }, { a: 1, b: 3 }],
    ['a nested key', { order: { type: ['x'] } }, { order: { type: 'x' } }, { order: 'x' }],
    ['prefix', { id: [{ prefix: 'eu-' }] }, { id: 'eu-1' }, { id: 'us-1' }],
    ['suffix', { id: [{ suffix: '.png' }] }, { id: 'a.png' }, { id: 'a.jpg' }],
    ['equals-ignore-case', { id: [{ 'equals-ignore-case': 'AB' }] }, { id: 'aB' }, { id: 'abc' }],
    ['anything-but', { id: [{ 'anything-but': ['a', 'b'] }] }, { id: 'c' }, { id: 'a' }],
    ['exists', { id: [{ exists: true }] }, { id: null }, {}],
    ['exists false', { id: [{ exists: false }] }, {}, { id: 1 }],
    ['numeric bounds', { n: [{ numeric: ['>', 1, '<=', 5] }] }, { n: 5 }, { n: 1 }],
    ['numeric equality', { n: [{ numeric: ['=', 3] }] }, { n: 3 }, { n: '3' }],
    ['$or', { $or: [{ a: [1] }, { b: [1] }] }, { a: 0, b: 1 }, { a: 0, b: 0 }],
  ])('evaluates %s', (_operator, body, met, unmet) => {
    expect(passes({ body }, met)).toBe(true);
    expect(passes({ body }, unmet)).toBe(false);
  });

  it('drops a body whose form is not that of the pattern', () => {
    expect(passes({ body: { type: ['placed'] } }, 'placed')).toBe(false);
    expect(passes({ body: ['placed'] }, { type: 'placed' })).toBe(false);
    expect(passes({ body: ['placed'] }, 'placed')).toBe(true);
  });

  it.each([
    ['is no JSON', 'type=placed', 'must be a JSON object'],
    ['names another part of the record', '{"attributes":{"SenderId":["x"]}}', 'names "attributes"'],
    ['gives a bare value', '{"body":{"type":"placed"}}', 'body.type must be a list'],
    [
      'has an unknown operator',
      '{"body":{"ip":[{"cidr":"10.0.0.0/8"}]}}',
      'body.ip: {"cidr":"10.0.0.0/8"} is not evaluated',
    ],
    ['has a malformed comparison', '{"body":{"n":[{"numeric":["~",1]}]}}', 'is not evaluated'],
    ['has alternatives that are no list', '{"body":{"$or":{}}}', '$or must be a list'],
  ])('refuses a pattern that %s', (_case, pattern, fault) => {
    expect(() => compileFilter([pattern])).toThrow(UnsupportedFilter);
    expect(() => compileFilter([pattern])).toThrow(fault);
  });
});
