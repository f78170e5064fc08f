import { decideSignUp, type UserState } from '../../../../lambda/user-signup/domain/sign-up.ts';

const request = { email: 'jane@example.com', name: 'Jane Smith', plan: 'team' } as const;
const newUser = { user_id: 'new', signed_up_at: '2026-01-02T03:04:05.678Z' };
const known = (status: UserState['status']): UserState => ({
  status,
  user_id: 'known',
  name: 'Jane Smith',
  plan: 'team',
  signed_up_at: '2026-01-01T00:00:00.000Z',
});

describe('decideSignUp', () => {
  it('makes a user of an address that nobody has', () => {
    expect(decideSignUp(undefined, request, newUser)).toEqual({
      action: 'announce',
      user: { status: 'recorded', name: 'Jane Smith', plan: 'team', ...newUser },
      isNew: true,
    });
  });

  it('tells others again of a user of whom they may not have heard', () => {
    const user = known('recorded');
    expect(decideSignUp(user, request, newUser)).toEqual({ action: 'announce', user, isNew: false });
  });

  it('answers with the user there is once others have heard', () => {
    const user = known('announced');
    expect(decideSignUp(user, request, newUser)).toEqual({ action: 'answer', user });
  });

  it.each([{ name: 'Joe Smith' }, { plan: 'free' as const }])(
    'refuses an address that somebody has who signed up otherwise: %o',
    change => {
      for (const status of ['recorded', 'announced'] as const) {
        expect(decideSignUp(known(status), { ...request, ...change }, newUser)).toEqual({ action: 'refuse' });
      }
    },
  );
});
