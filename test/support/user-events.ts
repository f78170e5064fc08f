import type { UserSignedUp } from '../../contracts/users.ts';

export const userId = '4a1f6f0e-6f4b-4a53-9f1e-0d3f0a5b7c11';

/** Jane Smith signs up. */
export function userSignedUp(overrides: Partial<UserSignedUp> = {}): UserSignedUp {
  return {
    event_type: 'user_signed_up',
    correlation_id: 'request-1',
    user_id: userId,
    email: 'jane@example.com',
    name: 'Jane Smith',
    plan: 'team',
    signed_up_at: '2026-01-02T03:04:05.678Z',
    ...overrides,
  };
}
