import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { type FrameView, renderFrame } from './frame.js';
import type { Span } from './span.js';

const plain = picocolors.createColors(false);
const colored = picocolors.createColors(true);
const sentence =
  'Once upon a time there was a little rabbit who found a shiny red kite in the forest and was very happy.';

const view = (trajectories: number, spans: Span[] = [{ kind: 'committed', text: sentence }]): FrameView => ({
  title: 'Complete this story: Once upon a time, a little rabbit found a shiny red kite in the forest.',
  legend: 'reward a → b',
  trajectories: Array.from({ length: trajectories }, () => ({ spans, reward: { first: -0.25, last: 1.5 } })),
  progress: 'step 3/64',
});

const frame = (of: FrameView, columns: number, rows: number, height = { rows: 1 }) =>
  renderFrame(of, { columns, rows }, plain, height);

describe('renderFrame', () => {
  test.each([
    [100, 30, 4],
    [40, 30, 4],
    [40, 12, 4],
    [20, 10, 4],
    [200, 60, 8],
    [80, 24, 16],
    [10, 5, 4],
  ])('fits a terminal of %i × %i with %i trajectories', (columns, rows, trajectories) => {
    for (const spans of [
      [{ kind: 'masked', count: 64 }],
      [
        { kind: 'committed', text: sentence },
        { kind: 'masked', count: 40 },
      ],
      [{ kind: 'new', text: '木'.repeat(100) }],
    ] satisfies Span[][]) {
      const lines = frame(view(trajectories, spans), columns, rows);
      expect(lines.length).toBeLessThan(rows);
      for (const line of lines) expect(terminalWidth(line)).toBeLessThan(Math.max(columns, 11));
      expect(lines.at(-1)).toContain('step');
    }
  });

  test('shows title, numbered trajectories with their rewards, text and progress', () => {
    const lines = frame(
      view(1, [
        { kind: 'committed', text: 'Once upon' },
        { kind: 'masked', count: 2 },
      ]),
      60,
      30,
    );
    expect(lines).toEqual([
      'Complete this story: Once upon a time, a little rabbit fou…',
      'reward a → b',
      '1 reward -0.250 → 1.500',
      '  Once upon ░░░ ░░░',
      'step 3/64',
    ]);
  });

  test('loses no words where there is room', () => {
    const text = frame(view(1), 40, 30).slice(3, -1).map((line) => line.trim()).join(' '); // biome-ignore format: one chain
    expect(text).toBe(sentence);
  });

  test('text that finds no room ends in an ellipsis, trajectories that find none are counted', () => {
    const lines = frame(view(9), 40, 10);
    expect(lines.filter((line) => line.endsWith('…'))).not.toEqual([]);
    expect(lines.join('\n')).toMatch(/… and \d more/);
  });

  test('the frame does not shrink while text is replaced by shorter text', () => {
    const height = { rows: 1 };
    const before = frame(view(2), 40, 30, height);
    const after = frame(view(2, [{ kind: 'committed', text: 'short' }]), 40, 30, height);
    expect(after).toHaveLength(before.length);
  });

  test('newly committed text stands out, and only that', () => {
    const spans: Span[] = [{ kind: 'committed', text: 'old' }, { kind: 'new', text: ' fresh' }]; // biome-ignore format: short
    const text = renderFrame(view(1, spans), { columns: 80, rows: 24 }, colored, { rows: 1 })[3];
    expect(text).toBe(`  old${colored.bold(colored.green(' fresh'))}`);
  });

  test('what the model writes cannot steer the terminal', () => {
    const lines = frame(view(1, [{ kind: 'committed', text: 'a\u001b[2Jb\u0007\nc' }]), 80, 24);
    expect(lines[3]).toBe('  a[2Jb ↵ c');
  });
});

/** Columns of a line whose only wide characters are the ones used here. */
const terminalWidth = (line: string): number =>
  [...line].reduce((sum, character) => sum + (character === '木' ? 2 : 1), 0);
