import { shortened } from './protocol-texts.ts';

/** Characters of the GSM alphabet: each takes 7 bits of a message's 140 bytes. */
const gsmAlphabet =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿' +
  'abcdefghijklmnopqrstuvwxyzäöñüà';

/** Characters that the alphabet has behind an escape: each takes twice as much. */
const escapedAlphabet = '^{}\\[~]|€';

const maxGsmUnits = 160;
/** One character outside the alphabet makes the whole message UCS-2: two bytes each. */
const maxUcs2Units = 70;

/** How many characters of a topic's DisplayName an SMS begins with, and what parts them from the text. */
const displayedLength = 10;
const separator = '> ';

/**
 * A text that is one SMS, not several that are each paid for, the name of its topic included.
 *
 * @param displayName DisplayName of the topic.
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-character.html
 */
export function asOneSms(text: string, displayName: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const prefix = displayName.slice(0, displayedLength) + separator;
  for (let length = line.length; length > 0; length--) {
    const candidate = shortened(line, length);
    if (isOneSms(prefix + candidate)) return candidate;
  }
  return '';
}

/** Whether a text fits into one SMS. */
export function isOneSms(text: string): boolean {
  let units = 0;
  for (const character of text) {
    if (gsmAlphabet.includes(character)) units += 1;
    else if (escapedAlphabet.includes(character)) units += 2;
    else return text.length <= maxUcs2Units;
  }
  return units <= maxGsmUnits;
}
