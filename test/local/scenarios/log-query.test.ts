import { LogQuery } from '../../../local/scenarios/log-query.ts';

const query = (filter: string) =>
  `fields @timestamp, service, order_id, error.name\n| filter ${filter}\n| sort @timestamp asc\n| limit 1000`;
const byEither = query("correlation_id = '{{id}}' or order_id = '{{id}}'");

describe('LogQuery', () => {
  it('finds lines that have the id in one of the fields that it searches, in their order', () => {
    const lines = [
      { fields: { service: 'place-order', correlation_id: 'c-1', order_id: '1001' } },
      { fields: { service: 'payment', correlation_id: 'c-2', order_id: '1002' } },
      { fields: { service: 'shipping', correlation_id: 'c-3', order_id: '1001' } },
    ];

    const { searched, ...found } = new LogQuery(byEither);
    expect(searched).toEqual(['correlation_id', 'order_id']);
    expect(found.fields).toEqual(['service', 'order_id', 'error.name']);
    expect(new LogQuery(byEither).find(lines, 'c-1').map(({ fields }) => fields.service)).toEqual([
      'place-order',
    ]);
    expect(new LogQuery(byEither).find(lines, '1001').map(({ fields }) => fields.service)).toEqual([
      'place-order',
      'shipping',
    ]);
    expect(new LogQuery(byEither).find(lines, 'payment')).toEqual([]);
  });

  it('names the fields that it shows and nobody logs, those inside of others too', () => {
    const never = (...lines: object[]) => new LogQuery(byEither).neverIn(lines.map(line => ({ ...line })));

    expect(never({ service: 'payment', orderId: '1001' })).toEqual(['order_id', 'error.name']);
    expect(never({ service: 'payment', error: { name: 'BadMessageError' } }, { order_id: '1001' })).toEqual(
      [],
    );
  });

  it.each([
    ['a comparison of another kind', query("order_id like '{{id}}'")],
    ['a fixed id', query("order_id = '1001'")],
    ['no filter', 'fields @timestamp\n| sort @timestamp asc\n| limit 10'],
  ])('fails on a query with %s', (_, text) => {
    expect(() => new LogQuery(text)).toThrow('Not a query of the form that stacks have');
  });
});
