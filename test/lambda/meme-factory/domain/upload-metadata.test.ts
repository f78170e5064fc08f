import {
  decodedText,
  memeOrderFrom,
  unknownOwner,
} from '../../../../lambda/meme-factory/domain/upload-metadata.ts';

describe('memeOrderFrom', () => {
  it('reads texts and owner', () => {
    expect(memeOrderFrom({ 'top-text': ' One  does ', 'bottom-text': 'not', owner: 'jane' })).toEqual({
      owner: 'jane',
      texts: { top: 'One does', bottom: 'not' },
    });
  });

  it('takes one text alone', () => {
    expect(memeOrderFrom({ 'bottom-text': 'below' })).toMatchObject({ texts: { top: '', bottom: 'below' } });
  });

  it.each([
    [{}, /top-text, bottom-text: expected a text above or below/],
    [{ 'top-text': 'x'.repeat(201) }, /top-text: expected up to 200 characters/],
    [{ 'bottom-text': 'a\u0007b' }, /bottom-text: expected no control characters/],
  ])('says why %j cannot be drawn', (metadata, reason) => {
    expect(memeOrderFrom({ ...metadata, owner: 'jane' } as Record<string, string>)).toEqual({
      owner: 'jane',
      reason: expect.stringMatching(reason),
    });
  });

  it.each([undefined, '', 'two words'])('does not take %j for an owner', owner => {
    const metadata = { 'top-text': 'a', ...(owner !== undefined && { owner }) };
    expect(memeOrderFrom(metadata)).toMatchObject({ owner: unknownOwner });
  });
});

describe('decodedText', () => {
  it.each([
    ['plain text', 'plain text'],
    ['100% =?x', '100% =?x'],
    ['=?UTF-8?B?xYHDs2TFug==?=', 'Łódź'],
    ['=?utf-8?Q?d=C3=A9j=C3=A0_vu?=', 'déjà vu'],
    ['a =?UTF-8?Q?=C3=A9?= b', 'a é b'],
    ['=?UTF-8?Q?=C3?= =?UTF-8?Q?=A9t?=', 'ét'],
    ['=?ISO-8859-1?Q?caf=E9?=', '=?ISO-8859-1?Q?caf=E9?='],
  ])('%j is %j', (text, meant) => {
    expect(decodedText(text)).toBe(meant);
  });
});
