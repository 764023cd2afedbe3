import { number } from '../report/words/format.js';
import type { Track } from './track.js';

/** Sizes of a replay's picture, in pixels. */
export const columns = 16;
const cell = { width: 60, height: 26 };
const margin = 20;
const heading = 26;
const curve = { height: 110, gap: 34 };

/** Its colors: the picture has its own ground, in whatever page it stands. */
const colors = {
  ground: '#ffffff',
  text: '#1b1f24',
  muted: '#66707a',
  line: '#d8dde3',
  masked: '#c5cdd6',
  tracks: ['#7a5c00', '#007a5a', '#c2185b', '#0072b2'],
  fills: ['#f3f0e6', '#d5f0e7', '#f9dce8', '#d9eaf7'],
};

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * How a part of a picture that is there in some steps alone is drawn: its markup, when it is there, and what
 * the picture does about it.
 */
export type Timed = (markup: string, from: number, to: number) => string;

export const pictureSize = (tracks: readonly Track[]): PictureSize => {
  const grids = tracks.reduce((sum, track) => sum + heading + rowsOf(track) * cell.height + 10, 0);
  return {
    width: 2 * margin + columns * cell.width,
    height: margin + grids + curve.gap + curve.height + margin + 14,
  };
};

/** The step after which all tracks are whole. */
export const lastStep = (tracks: readonly Track[]): number => Math.max(...tracks.map(({ steps }) => steps));

const rowsOf = ({ tokens }: Track): number => Math.ceil(tokens.length / columns);

/**
 * The picture of all tracks on one timeline, as SVG: a grid of tokens for each, and the reward below. `timed`
 * draws what changes with the steps.
 */
export const picture = (tracks: readonly Track[], timed: Timed): string => {
  const { width, height } = pictureSize(tracks);
  let y = margin;
  const grids = tracks.map((track, i) => {
    const drawn = grid(track, { i, y, timed, last: lastStep(tracks) });
    y += heading + rowsOf(track) * cell.height + 10;
    return drawn;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="DejaVu Sans, Verdana, sans-serif" role="img" aria-label="How responses come about, step by step"><rect width="${width}" height="${height}" fill="${colors.ground}"/>${grids.join('')}${rewardCurve(tracks, y + curve.gap, timed)}</svg>`;
};

interface Place {
  readonly i: number;
  readonly y: number;
  readonly timed: Timed;
  readonly last: number;
}

const grid = (track: Track, { i, y, timed, last }: Place): string => {
  const { title, tokens, committedAt } = track;
  const cells = tokens.map((token, at) => {
    const [x, top] = [
      margin + (at % columns) * cell.width,
      y + heading + Math.floor(at / columns) * cell.height,
    ];
    const step = committedAt[at]!;
    const box = (fill: string) =>
      `<rect x="${x + 1}" y="${top + 1}" width="${cell.width - 2}" height="${cell.height - 2}" rx="4" fill="${fill}"/>`;
    const text = `<text x="${x + cell.width / 2}" y="${top + 17}" font-size="12" text-anchor="middle" fill="${colors.text}">${shown(token)}</text>`;
    return box(colors.masked) + timed(box(colors.fills[i % 4]!) + text, step, last);
  });
  const name = `<text x="${margin}" y="${y + 16}" font-size="14" font-weight="bold" fill="${colors.tracks[i % 4]}">${escapeXml(title)}</text>`;
  return name + cells.join('');
};

/** What fits into a cell. */
const shown = (token: string): string => {
  const text = token.replace(/\s*\n\s*/g, '↵').trim();
  const letters = [...text];
  return escapeXml(letters.length > 8 ? `${letters.slice(0, 7).join('')}…` : text);
};

const rewardCurve = (tracks: readonly Track[], top: number, timed: Timed): string => {
  const last = lastStep(tracks);
  const values = tracks.flatMap(({ rewards }) => rewards.filter((reward) => reward !== null));
  const [left, right] = [margin + 40, margin + columns * cell.width];
  const x = (step: number) => left + ((right - left) * step) / last;
  const axis = `<line x1="${left}" x2="${right}" y1="${top + curve.height}" y2="${top + curve.height}" stroke="${colors.line}"/>`;
  const ticks = [0, 0.25, 0.5, 0.75, 1]
    .map((share) => Math.round(share * last))
    .map((step) => label(x(step), top + curve.height + 16, String(step), 'middle'));
  const clock = Array.from({ length: last + 1 }, (_, step) =>
    timed(
      `<line x1="${x(step)}" x2="${x(step)}" y1="${top}" y2="${top + curve.height}" stroke="${colors.text}" stroke-dasharray="2 3"/>${label(x(step), top - 6, `step ${step}`, step > last * 0.9 ? 'end' : step < last * 0.1 ? 'start' : 'middle')}`,
      step,
      step,
    ),
  );
  if (values.length === 0) return axis + ticks.join('') + clock.join('');
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const y = (reward: number) => top + curve.height - ((reward - least) / (most - least || 1)) * curve.height;
  const lines = tracks.flatMap(({ rewards }, i) =>
    rewards.flatMap((reward, at) => {
      const before = rewards.slice(0, at).findLastIndex((each) => each !== null);
      if (reward === null || before < 0) return [];
      const part = `<line x1="${x(before + 1)}" y1="${y(rewards[before]!)}" x2="${x(at + 1)}" y2="${y(reward)}" stroke="${colors.tracks[i % 4]}" stroke-width="2.5" stroke-linecap="round"/>`;
      return [timed(part, at + 1, last)];
    }),
  );
  const scale = [
    label(left - 6, top + 5, number(most, 1), 'end'),
    label(left - 6, top + curve.height, number(least, 1), 'end'),
  ];
  return `${axis}${label(left, top - 20, 'reward of the relaxed response', 'start')}${scale.join('')}${ticks.join('')}${lines.join('')}${clock.join('')}`;
};

const label = (x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end'): string =>
  `<text x="${x}" y="${y}" font-size="11" text-anchor="${anchor}" fill="${colors.muted}">${text}</text>`;

/** Text as XML has it: halves of characters and most control characters stand in no XML at all. */
export const escapeXml = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '').replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
