import { agoText, durationText } from '../../../cli/terminal/durations.ts';
import { printable, textTable } from '../../../cli/terminal/text-table.ts';

describe('durationText', () => {
  it.each([
    [0, '0 s'],
    [1_240, '1.2 s'],
    [42_400, '42 s'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [3 * 86_400_000 + 4 * 3_600_000 + 60_000, '3 d 4 h'],
  ])('writes %d ms as %s', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });

  it('takes a clock that is ahead for no reason to write nonsense', () => {
    expect(agoText(2_000, 1_000)).toBe('0 s ago');
  });
});

describe('textTable', () => {
  it('aligns columns and leaves out those that are empty', () => {
    const table = textTable(
      ['type', 'error', 'id'],
      [
        ['order_placed', '', '1002'],
        ['order_canceled', '', '7'],
      ],
    );

    expect(table).toBe('type            id\norder_placed    1002\norder_canceled  7');
  });

  it('lets no message steer the terminal', () => {
    expect(printable('a\u001b[2Jb\nc')).toBe('a�[2Jb c');
    expect(printable('x'.repeat(100))).toHaveLength(48);
  });
});
