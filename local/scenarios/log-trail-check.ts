import { expectEqual } from './expectations.ts';
import type { CheckSteps, RunningSystem } from './scenario.ts';

/** Of a line about a failure, and of a function that is traced, which none is here. */
const notAlwaysThere = /^error\.|^xray_trace_id$/;

/**
 * Verifies that a stack's saved query names fields that are logged, and finds again what a program of the
 * system did: the step that a scenario cannot forget.
 */
export async function checkLogTrail(system: RunningSystem, { step }: CheckSteps): Promise<void> {
  const { logQuery: query, log } = system;
  if (!query) return;
  await step('the saved query shows what is logged, and finds one subject again', async () => {
    const lines = log.map(({ fields }) => fields);
    expectEqual(
      'fields that no line has',
      query
        .neverIn(lines)
        .filter(field => !notAlwaysThere.test(field))
        .join(', '),
      '',
    );
    const trails = query.searched.map(field => {
      const ids = new Set(lines.map(line => line[field]).filter(id => typeof id === 'string'));
      const services = [...ids].map(id => [
        ...new Set(query.find(log, id).map(({ fields }) => String(fields.service))),
      ]);
      return services.reduce((longest, next) => (next.length > longest.length ? next : longest), []);
    });
    if (trails.some(({ length }) => length === 0)) throw new Error('No line has an id to look for.');
    return query.searched.map((field, index) => `${field}: ${trails[index]?.join(' → ')}`).join('; ');
  });
}
