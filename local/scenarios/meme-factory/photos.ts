import sharp from 'sharp';

/** A photo of a cat, as far as a few circles are one. */
export function cat(): Promise<Buffer> {
  return sharp(Buffer.from(drawing)).jpeg({ quality: 85 }).toBuffer();
}

/** A photo that broke off on its way. */
export async function brokenOff(): Promise<Buffer> {
  const whole = await cat();
  return whole.subarray(0, whole.length / 2);
}

/** A photo so large, and so coded, that drawing on it takes seconds. */
export function largePhoto(): Promise<Buffer> {
  return sharp({ create: { width: 7_000, height: 7_000, channels: 3, background: '#385' } })
    .png({ compressionLevel: 4, progressive: true })
    .toBuffer();
}

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="720">
  <rect width="960" height="720" fill="#6a8caf"/>
  <rect y="560" width="960" height="160" fill="#8a6a4f"/>
  <ellipse cx="480" cy="560" rx="210" ry="150" fill="#d9913b"/>
  <circle cx="480" cy="360" r="150" fill="#e8a24a"/>
  <path d="M350 300 L365 160 L450 230 Z M610 300 L595 160 L510 230 Z" fill="#e8a24a"/>
  <circle cx="425" cy="345" r="24" fill="#2b2b2b"/>
  <circle cx="535" cy="345" r="24" fill="#2b2b2b"/>
  <path d="M465 400 L495 400 L480 420 Z" fill="#b5546b"/>
  <path d="M480 420 Q455 450 430 435 M480 420 Q505 450 530 435" stroke="#2b2b2b" stroke-width="6" fill="none"/>
  <path d="M300 400 L400 410 M300 440 L400 428 M660 400 L560 410 M660 440 L560 428" stroke="#fff" stroke-width="4"/>
</svg>`;
