import { estimate } from '../../../cli/cost/estimate.ts';
import { freeTypes } from '../../../cli/cost/models/free-types.ts';
import { contradictions } from '../../../cli/cost/models/models.ts';
import { trafficProfiles } from '../../../cli/cost/traffic/profiles.ts';
import { prices, templatesOf } from './templates-of-a-system.ts';

const systems = [
  ...templatesOf('dev').map(template => ({ name: `${template.name} of dev`, template })),
  ...templatesOf('prod').map(template => ({ name: `${template.name} of prod`, template })),
  ...templatesOf('prod', { eventStream: 'on-demand' })
    .filter(({ name }) => name === 'event-archive')
    .map(template => ({ name: 'event-archive with a stream', template })),
  ...templatesOf('prod', { brokerEngine: 'activemq' })
    .filter(({ name }) => name === 'message-broker')
    .map(template => ({ name: 'message-broker on ActiveMQ', template })),
];

it.each(systems)(
  '$name: every resource has a model or is free, and every name of its profile is there',
  ({ template }) => {
    const profile = trafficProfiles[template.name];
    const { total, traffic } = estimate({ template, profile, unitsPerDay: 1_000, prices });
    expect(total).toBeGreaterThan(0);
    // A profile that does nothing would hide that its names have nothing to do with the template.
    if (profile) expect(traffic).toBeGreaterThan(0);
  },
);

it('every profile belongs to a system', () => {
  const names = systems.map(({ template }) => template.name);
  expect(Object.keys(trafficProfiles).filter(name => !names.includes(name))).toEqual([]);
});

it('no type is both charged for and free, and each that is free says why', () => {
  expect(contradictions()).toEqual([]);
  expect(Object.entries(freeTypes).filter(([, reason]) => reason.length < 10)).toEqual([]);
});
