import { decideWelcome, released } from '../../../../lambda/user-signup/domain/welcome.ts';

const lease = { owner: 'this', until: 1_000 };
const at = (now: number) => ({ lease, now });

describe('decideWelcome', () => {
  it('sends to whom nobody has written', () => {
    expect(decideWelcome(undefined, at(0))).toEqual({ action: 'send', next: { status: 'sending', lease } });
  });

  it('sends nothing to whom somebody has', () => {
    expect(decideWelcome({ status: 'sent', mail_id: 'm' }, at(0))).toEqual({ action: 'settle' });
  });

  it('waits while another is at it, and takes over when that one is dead', () => {
    const other = { owner: 'other', until: 500 };
    const state = { status: 'sending', lease: other } as const;
    expect(decideWelcome(state, at(499))).toEqual({ action: 'wait', lease: other });
    expect(decideWelcome(state, at(500))).toEqual({ action: 'send', next: { status: 'sending', lease } });
  });

  it('takes over at once from a try that failed', () => {
    expect(decideWelcome(released({ owner: 'other', until: 500 }), at(1))).toMatchObject({ action: 'send' });
  });
});
