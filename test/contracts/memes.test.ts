import * as v from 'valibot';
import { drawMemeJob, memeEvents, memeOwner, memeTexts } from '../../contracts/memes.ts';
import { objectIdOf } from '../../contracts/stored-objects.ts';

const upload = { bucket: 'uploads', key: 'incoming/cat.jpg', version_id: 'v1' };

describe('the texts of a meme', () => {
  it('lose what does not show', () => {
    const texts = v.parse(memeTexts, { top: '  one \n does\tnot ', bottom: 'e\u0301clair' });
    expect(texts).toEqual({ top: 'one does not', bottom: 'éclair' });
  });

  it('may leave one of the two empty, but not both', () => {
    expect(v.is(memeTexts, { top: 'a', bottom: '' })).toBe(true);
    expect(v.is(memeTexts, { top: ' ', bottom: '' })).toBe(false);
  });

  it.each(['x'.repeat(201), 'a\u0000b', 'a\ud800'])('are not %j', top => {
    expect(v.is(memeTexts, { top, bottom: '' })).toBe(false);
  });

  it('are the same when they are parsed again', () => {
    const once = v.parse(memeTexts, { top: ' A  b ', bottom: '' });
    expect(v.parse(memeTexts, once)).toEqual(once);
  });
});

describe('the owner', () => {
  it.each(['jane', 'jane@example.com', 'AWS:AIDACKCEVSQ6C2EXAMPLE', 'team/memes'])('may be %s', owner => {
    expect(v.is(memeOwner, owner)).toBe(true);
  });

  it.each(['', 'two words', 'a\nb', 'x'.repeat(129)])('may not be %j', owner => {
    expect(v.is(memeOwner, owner)).toBe(false);
  });

  it('can be filtered by, beside the type of the event', () => {
    const { attributes } = memeEvents.encode({
      event_type: 'meme_failed',
      correlation_id: 'request-1',
      meme_id: objectIdOf(upload),
      upload,
      owner: 'jane',
      reason: 'It breaks off',
    });
    expect(attributes).toEqual({ eventType: 'meme_failed', owner: 'jane' });
  });
});

describe('the job to draw a meme', () => {
  it('is parsed as it was sent', () => {
    const message = {
      meme_id: objectIdOf(upload),
      upload,
      texts: { top: 'a', bottom: 'b' },
      owner: 'jane',
      correlation_id: 'request-1',
    };
    expect(v.parse(drawMemeJob.message, JSON.parse(JSON.stringify(message)))).toEqual(message);
  });
});
