import { formatDuration } from './durations.ts';
import { mostOf, type Sample } from './simulation.ts';

/** A simulation to draw. */
export interface Drawing {
  readonly title: string;
  readonly samples: readonly Sample[];
}

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly filled?: boolean;
  readonly value: (sample: Sample) => number;
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const panels: readonly Panel[] = [
  {
    title: 'Backlog in messages',
    lines: [
      { name: 'waiting', colour: '#2166ac', filled: true, value: ({ visible }) => visible },
      { name: 'in flight', colour: '#92c5de', value: ({ inFlight }) => inFlight },
    ],
  },
  {
    title: 'Workers',
    lines: [
      { name: 'in service', colour: '#1b7837', filled: true, value: ({ inService }) => inService },
      { name: 'desired', colour: '#c51b7d', value: ({ desired }) => desired },
      { name: 'draining', colour: '#e08214', value: ({ draining }) => draining },
    ],
  },
  {
    title: 'Age of the oldest message in minutes',
    lines: [{ name: 'age', colour: '#b2182b', filled: true, value: ({ oldestAge }) => oldestAge / 60 }],
  },
];

const width = 960;
const left = 64;
const plotWidth = width - left - 24;
const plotHeight = 130;
const panelHeight = plotHeight + 62;
const headHeight = 40;
/** More points than this cannot be told apart. */
const mostPoints = 2_000;

/** Draws backlog, workers and age of the oldest message, one simulation below the other. */
export function drawSvg(drawings: readonly Drawing[]): string {
  const drawingHeight = headHeight + panels.length * panelHeight;
  const height = drawings.length * drawingHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333" role="img">`,
    `<title>${escaped(drawings.map(({ title }) => title).join('; '))}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...drawings.map((drawing, index) => group(index * drawingHeight, drawn(drawing))),
    '</svg>',
    '',
  ].join('\n');
}

function drawn({ title, samples }: Drawing): string {
  const end = samples.at(-1)?.at ?? 1;
  return [
    `<text x="${left}" y="26" font-size="16">${escaped(title)}</text>`,
    ...panels.map((panel, index) => group(headHeight + index * panelHeight, plotted(panel, samples, end))),
  ].join('\n');
}

function plotted({ title, lines }: Panel, samples: readonly Sample[], end: number): string {
  const most = lines.reduce((most, { value }) => mostOf(samples, value, most), 1);
  const stepY = roundStep(most / 4);
  const top = Math.ceil(most / stepY) * stepY;
  const x = (time: number) => rounded(left + (time / end) * plotWidth);
  const y = (value: number) => rounded(24 + plotHeight * (1 - value / top));
  const rows = Array.from({ length: Math.round(top / stepY) + 1 }, (_, index) => index * stepY);
  const stepX = timeStep(end);
  const columns = Array.from({ length: Math.floor(end / stepX) + 1 }, (_, index) => index * stepX);
  return [
    `<text x="${left}" y="14" font-weight="bold">${title}</text>`,
    ...lines.map(
      ({ name, colour }, index) =>
        `<text x="${width - 24 - (lines.length - 1 - index) * 80}" y="14" text-anchor="end" fill="${colour}">${name}</text>`,
    ),
    ...rows.map(
      value =>
        `<path d="M${left} ${y(value)}h${plotWidth}" stroke="#ddd"/><text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${value.toLocaleString('en')}</text>`,
    ),
    ...columns.map(
      time =>
        `<text x="${x(time)}" y="${24 + plotHeight + 18}" text-anchor="middle">${time === 0 ? '0' : formatDuration(time)}</text>`,
    ),
    ...lines.map(line => path(line, thinned(samples), x, y)),
  ].join('\n');
}

function path(
  { colour, filled, value }: Line,
  samples: readonly Sample[],
  x: (time: number) => number,
  y: (value: number) => number,
): string {
  const points = samples.map(sample => `${x(sample.at)} ${y(value(sample))}`).join('L');
  const area = filled
    ? `<path d="M${x(samples[0]?.at ?? 0)} ${y(0)}L${points}L${x(samples.at(-1)?.at ?? 0)} ${y(0)}Z" fill="${colour}" opacity="0.25"/>`
    : '';
  return `${area}<path d="M${points}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

function thinned(samples: readonly Sample[]): readonly Sample[] {
  const each = Math.ceil(samples.length / mostPoints);
  return samples.filter((_, index) => index % each === 0);
}

/** 1, 2 or 5 times a power of ten, at least as much. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(atLeast, 1)));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= atLeast) ?? power;
}

/** Between labels on the axis of time, of which some ten fit. */
function timeStep(end: number): number {
  const minutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440].map(each => each * 60);
  return minutes.find(step => end / step <= 10) ?? end / 10;
}

const group = (down: number, content: string) => `<g transform="translate(0 ${down})">\n${content}\n</g>`;
const rounded = (value: number) => Math.round(value * 10) / 10;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
