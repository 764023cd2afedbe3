import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { smallLine } from '../testing/small-line.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { animatedGif } from './animated-gif.js';
import { animatedSvg } from './animated-svg.js';
import { readTracks } from './read-tracks.js';
import { replayPage } from './replay-page.js';
import { still } from './still.js';

/** Three tokens in four steps, of two responses; the second has the higher last reward. */
const events = [
  { step: 1, committed: [] },
  {
    step: 2,
    committed: [
      [0, 0, ' A'],
      [1, 2, '.'],
    ],
    last: [-1, 0],
  },
  { step: 3, committed: [[1, 0, '<B>']], last: [null, 1.5] },
  {
    step: 4,
    committed: [
      [1, 1, '\n'],
      [0, 1, ' b'],
      [0, 2, ''],
    ],
    last: [0.5, 2],
  },
].map(({ step, committed, last }) => ({
  type: 'step-end',
  prompt: 0,
  step,
  steps: 4,
  trajectories: 2,
  length: 3,
  committed: committed.map(([trajectory, position, text]) => ({ trajectory, position, text, tokenId: 1 })),
  ...(last === undefined ? {} : { rewards: { first: last, last } }),
}));

const file = async (name: string, lines: readonly object[]): Promise<string> => {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
};

/** The text of a picture's cells. */
const words = (svg: string): string[] =>
  [...parseHTML(svg).document.querySelectorAll('text[font-size="12"]')].map(
    (each) => (each as { textContent: string }).textContent,
  );

test('of a trace, the response with the highest last reward', async () => {
  const [track, ...others] = await readTracks([await file('entrgi.trace.jsonl', events)]);
  expect(others).toEqual([]);
  expect(track).toEqual({
    title: 'entrgi',
    steps: 4,
    tokens: ['<B>', '\n', '.'],
    committedAt: [3, 4, 2],
    rewards: [null, 0, 1.5, 2],
  });
});

test('of a journal, one response without guidance beside one with it', async () => {
  const line = (method: string, key: string) =>
    smallLine(1, {
      key,
      method,
      steps: {
        ...(method === 'entrgi' ? { rewards: [null, 1], entropyWeights: [null, 0.5] } : {}),
        trajectories: [
          { tokens: ['a', ' b'], committedAt: [2, 1] },
          { tokens: ['c', ''], committedAt: [1, 0] },
        ],
      },
    });
  const path = await file('journal.jsonl', [line('entrgi', 'e'), line('aps', 'a'), line('bon', 'b')]);
  const tracks = await readTracks([path]);
  const same = 'temperature 0.7, seed 1, reward 1.00';
  expect(tracks.map(({ title }) => title)).toEqual([`bon, ${same}`, `entrgi, ${same}`]);
  expect(replayPage(tracks)).toContain('<p>Où est le n° 1 – 🐈?</p>');
  expect(tracks[1]).toMatchObject({ steps: 2, tokens: ['a', ' b'], committedAt: [2, 1], rewards: [null, 1] });
  await expect(readTracks([path], 1)).rejects.toThrow(
    `${path}: expected a prompt 2 with steps, got 1 prompts.`,
  );
  await expect(readTracks(['nowhere.jsonl'])).rejects.toMatchObject({ code: 'not-found' });
  await expect(readTracks([await file('x.jsonl', [{ a: 1 }])])).rejects.toThrow('x.jsonl, line 1');
});

test('of a journal of several temperatures, seeds and rewards, two that differ in nothing but the method', async () => {
  const steps = { trajectories: [1, 2].map(() => ({ tokens: ['a'], committedAt: [1] })) };
  const prompt = 'the same';
  const line = (method: string, more: object) =>
    smallLine(1, {
      key: `${method}${JSON.stringify(more).replace(/\W/g, '')}`,
      method,
      prompt,
      steps,
      ...more,
    });
  const { settings } = smallLine(1);
  const path = await file('several.jsonl', [
    line('entrgi', { temperature: 0.1 }),
    line('base', { temperature: 0.7 }),
    line('bon', { temperature: 0.1, seed: 2 }),
    line('entrgi', { temperature: 0.7, settings: { ...settings, reward: 'other', guidanceSteps: 3 } }),
    line('entrgi', { temperature: 0.1, seed: 2, settings: { ...settings, guidanceSteps: 3 } }),
  ]);
  const same = 'temperature 0.1, seed 2, reward 1.00';
  expect((await readTracks([path])).map(({ title }) => title)).toEqual([`bon, ${same}`, `entrgi, ${same}`]);
});

test('a picture has what is committed by then, and the animated one all of it in time', async () => {
  const tracks = await readTracks([await file('t.jsonl', events)]);
  expect([0, 2, 3, 4].map((step) => words(still(tracks, step)))).toEqual([
    [],
    ['.'],
    ['<B>', '.'],
    ['<B>', '↵', '.'],
  ]);
  for (const step of [0, 4]) expect(still(tracks, step).match(/step \d/g)).toEqual([`step ${step}`]);
  const moving = animatedSvg(tracks);
  expect(words(moving)).toEqual(['<B>', '↵', '.']);
  const begins = [...moving.matchAll(/keyTimes="0;([\d.]+)" values="0;1"\/><rect/g)].map(([, time]) =>
    Number(time),
  );
  // Steps of 150 ms, and 2.5 s for the last.
  expect(begins).toEqual([3, 4, 2].map((step) => expect.closeTo((150 * step) / 3100, 4)));
});

test('the page needs nothing else, and shows the steps that are asked for', async () => {
  const page = replayPage(await readTracks([await file('t.jsonl', events)]), {
    steps: [0, 3],
    title: 'a & b',
  });
  expect(page).toContain('<title>a &#38; b</title>');
  expect(page.match(/<figure>/g)).toHaveLength(2);
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|url\(/);
  expect(page).toContain('max="4"');
});

test('a GIF has a frame for every step, as long as it stays, of the size of the picture', async () => {
  const gif = Buffer.from(await animatedGif(await readTracks([await file('t.jsonl', events)])));
  expect(gif.subarray(0, 6).toString()).toBe('GIF89a');
  const tracks = await readTracks([await file('t.jsonl', events)]);
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(still(tracks, 0))!;
  expect([gif.readUInt16LE(6), gif.readUInt16LE(8)]).toEqual([Number(width), Number(height)]);
  // Graphic control extensions: 21 F9 04, flags, delay in hundredths of a second.
  const delays: number[] = [];
  for (let at = gif.indexOf('21f904', 0, 'hex'); at >= 0; at = gif.indexOf('21f904', at + 1, 'hex')) {
    if (gif[at + 7] === 0) delays.push(gif.readUInt16LE(at + 4));
  }
  expect(delays).toEqual([15, 15, 15, 15, 250]);
  // The global color table is behind the header; the encoder rounds each channel to a multiple of 8 or so.
  const table = gif.subarray(13, 13 + 3 * 2 ** ((gif[10]! & 7) + 1));
  const colors = Array.from({ length: table.length / 3 }, (_, i) => [...table.subarray(3 * i, 3 * i + 3)]);
  const distance = (hex: string) => {
    const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    return Math.min(...colors.map((own) => Math.max(...own.map((x, i) => Math.abs(x - wanted[i]!)))));
  };
  const [masked] = still(tracks, 0).match(/(?<=rx="4" fill=")#[0-9a-f]{6}/)!;
  const cells = still(tracks, 4).match(/(?<=rx="4" fill=")#[0-9a-f]{6}/g)!;
  for (const color of new Set([masked, ...cells])) expect(distance(color), color).toBeLessThanOrEqual(8);
});
