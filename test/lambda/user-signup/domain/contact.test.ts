import { newContact } from '../../../../lambda/user-signup/domain/contact.ts';
import { userSignedUp } from '../../../support/user-events.ts';

describe('newContact', () => {
  const contact = {
    email: 'jane@example.com',
    name: 'Jane Smith',
    plan: 'team',
    since: '2026-01-02T03:04:05.678Z',
  };

  it('is made of whoever signs up', () => {
    expect(newContact(undefined, userSignedUp())).toEqual(contact);
    expect(newContact(undefined, userSignedUp({ plan: undefined }))).toEqual({ ...contact, plan: null });
  });

  it('leaves a contact as it is', () => {
    expect(newContact({ ...contact, name: 'Jane Miller' }, userSignedUp())).toBeUndefined();
  });
});
