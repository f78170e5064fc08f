import * as v from 'valibot';
import { crmEvents, loggedEvents, signUpRequest, userEvents, welcomeEvents } from '../../contracts/users.ts';
import { userSignedUp } from '../support/user-events.ts';

describe('user_signed_up', () => {
  it('is published with its type, and parsed by everybody who asked for it', () => {
    const { body, attributes } = userEvents.encode(userSignedUp());
    expect(attributes).toEqual({ eventType: 'user_signed_up' });
    for (const { schema } of [welcomeEvents, loggedEvents, crmEvents]) {
      expect(v.parse(schema, JSON.parse(body))).toEqual(userSignedUp());
    }
  });

  it('keeps fields that a newer publisher added, and takes plans that are new', () => {
    const event = { ...userSignedUp({ plan: 'galactic' }), locale: 'de' };
    expect(v.parse(welcomeEvents.schema, event)).toEqual(event);
  });

  it.each([
    ['user_id', '12345'],
    ['email', 'jane'],
    ['name', ''],
    ['signed_up_at', 'yesterday'],
  ])('has no %s such as "%s"', (field, value) => {
    const result = v.safeParse(welcomeEvents.schema, { ...userSignedUp(), [field]: value });
    expect(result.issues?.map(issue => v.getDotPath(issue))).toEqual([field]);
  });
});

describe('a sign-up', () => {
  it('is of one mailbox, however its address is written, and for free unless it says otherwise', () => {
    expect(v.parse(signUpRequest, { email: ' Jane@Example.COM ', name: ' Jane Smith ' })).toEqual({
      email: 'jane@example.com',
      name: 'Jane Smith',
      plan: 'free',
    });
  });

  it.each([
    ['no address', { email: 'jane', name: 'Jane' }, 'email'],
    ['two addresses', { email: 'jane@example.com, joe@example.com', name: 'Jane' }, 'email'],
    ['a header in the address', { email: 'jane@example.com\nbcc: joe@example.com', name: 'Jane' }, 'email'],
    ['an endless address', { email: `${'j'.repeat(250)}@example.com`, name: 'Jane' }, 'email'],
    ['no name', { email: 'jane@example.com', name: ' ' }, 'name'],
    ['a name of two lines', { email: 'jane@example.com', name: 'Jane\nSmith' }, 'name'],
    ['a plan that nobody offers', { email: 'jane@example.com', name: 'Jane', plan: 'gold' }, 'plan'],
  ])('is none with %s', (_what, request, field) => {
    const result = v.safeParse(signUpRequest, request);
    expect(result.issues?.map(issue => v.getDotPath(issue))).toEqual([field]);
  });
});
