import { InvalidHttpApi } from '../../../local/http-api/http-api-spec.ts';
import { RouteTable } from '../../../local/http-api/route-table.ts';

const tableOf = (...routeKeys: string[]) =>
  new RouteTable(
    'api',
    routeKeys.map(routeKey => ({ routeKey, functionName: 'f' })),
  );

describe('RouteTable', () => {
  // The routes and requests of the page on routes of the API Gateway developer guide.
  const pets = tableOf(
    '$default',
    'ANY /{proxy+}',
    'GET /pets/{proxy+}',
    'GET /pets/dog/{id}',
    'GET /pets/dog/1',
  );

  it.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
    ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
    ['POST', '/pets/dog/1', 'ANY /{proxy+}', { proxy: 'pets/dog/1' }],
    ['GET', '/', '$default', {}],
  ])('sends %s %s to %s', (method, path, routeKey, pathParameters) => {
    expect(pets.match(method, path)).toEqual({
      route: { routeKey, functionName: 'f' },
      pathParameters,
    });
  });

  it('prefers a named method to ANY, whatever the order of declaration', () => {
    const table = tableOf('ANY /orders', 'POST /orders');

    expect(table.match('POST', '/orders')?.route.routeKey).toBe('POST /orders');
    expect(table.match('GET', '/orders')?.route.routeKey).toBe('ANY /orders');
  });

  it('prefers a full match under ANY to a greedy one under the method', () => {
    const table = tableOf('GET /{proxy+}', 'ANY /orders');

    expect(table.match('GET', '/orders')?.route.routeKey).toBe('ANY /orders');
  });

  it('takes several variables', () => {
    expect(tableOf('GET /a/{one}/b/{two}').match('GET', '/a/1/b/2')?.pathParameters).toEqual({
      one: '1',
      two: '2',
    });
  });

  it.each([
    ['another method', 'GET', '/orders'],
    ['a longer path', 'POST', '/orders/1'],
    ['a trailing slash', 'POST', '/orders/'],
    ['an empty variable', 'GET', '/orders//items'],
    ['an empty greedy variable', 'GET', '/files/'],
  ])('finds no route for %s', (_case, method, path) => {
    expect(
      tableOf('POST /orders', 'GET /orders/{id}/items', 'GET /files/{proxy+}').match(method, path),
    ).toBeUndefined();
  });

  it.each(['orders', 'FETCH /orders', 'POST orders', 'GET /{proxy+}/orders'])(
    'refuses the route key %s',
    routeKey => {
      expect(() => tableOf(routeKey)).toThrow(InvalidHttpApi);
      expect(() => tableOf(routeKey)).toThrow(routeKey);
    },
  );
});
