import type { StepEvent, Vocabulary } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import type { Context } from '../process/context.js';
import { Collector } from '../testing/capture.js';
import { chooseDisplay } from './choose-display.js';
import type { Display } from './display.js';

const tokens = ['<mask>', 'Once', ' upon', ' a', ' time'];
const vocabulary: Vocabulary = { size: 5, tokens, maskId: 0, endIds: [], specialIds: [0] };
const decode = (ids: ArrayLike<number>) => Array.from(ids, (id) => tokens[id]).join('');

class Terminal extends Collector {
  readonly isTTY = true;
  readonly columns = 60;
  readonly rows: number = 20;
}

const stepEvent = (step: number, tokenIds: number[], position: number): StepEvent => ({
  type: 'step-end',
  prompt: 0,
  step,
  steps: 4,
  trajectories: 1,
  length: 4,
  tokenIds: Int32Array.from(tokenIds),
  committed: [{ trajectory: 0, position, tokenId: tokenIds[position]! }],
  remaining: [tokenIds.filter((id) => id === 0).length],
  rewards: { first: Float64Array.of(-1), last: Float64Array.of(step) },
  timings: { totalMs: 1, denoiserMs: 1, guidanceMs: 0, rewardMs: 0 },
});

const begin = (display: Display, guidanceSteps = 3) =>
  display.begin({
    title: 'A prompt',
    trajectories: 1,
    maxNewTokens: 4,
    guidanceSteps,
    denoiser: { vocabulary, decode },
  });

/** Lets a display show two steps; returns what it wrote for the first frame and for each step. */
const play = (display: Display, output: Collector): string[] => {
  const written: string[] = [];
  const note = () => {
    written.push(output.text);
    output.text = '';
  };
  begin(display);
  note();
  display.step(stepEvent(1, [0, 2, 0, 0], 1));
  note();
  display.step(stepEvent(2, [1, 2, 0, 0], 0));
  note();
  display.clear();
  return written;
};

const displayOn = (streams: Partial<Context>, quiet = false) =>
  chooseDisplay({ stdout: new Collector(), stderr: new Collector(), env: {}, ...streams }, quiet);

/** As wide as the terminal of these tests. */
const legend = "reward a → b: before a step's first and last update · w: s…";

describe('in a terminal', () => {
  test('the text fills in, with reward and progress', () => {
    const stdout = new Terminal();
    const [first, second, third] = play(displayOn({ stdout, env: { NO_COLOR: '1' } }), stdout);
    expect(first).toContain(`A prompt\n${legend}\n1\n  ░░░ ░░░ ░░░ ░░░\n`);
    expect(second).toContain('1 reward -1.000 → 1.000\n  ░░░ upon ░░░ ░░░\n');
    expect(second).toContain('step 1/4 25%');
    expect(third).toContain('1 reward -1.000 → 2.000\n  Once upon ░░░ ░░░\n');
  });

  test.each([
    [{}, true],
    [{ NO_COLOR: '' }, true],
    [{ NO_COLOR: '1' }, false],
  ])('with %j, colors: %s', (env, colored) => {
    const stdout = new Terminal();
    const written = play(displayOn({ stdout, env }), stdout).join('');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that selects a color
    expect(/\u001b\[\d+m/.test(written)).toBe(colored);
  });

  test('without guidance there is nothing to explain', () => {
    const stdout = new Terminal();
    begin(displayOn({ stdout, env: { NO_COLOR: '1' } }), 0);
    expect(stdout.text).toContain('A prompt\n\n1\n');
  });

  test('what is interrupted leaves the text so far, however high the terminal', () => {
    class Low extends Terminal {
      override readonly rows: number = 5;
    }
    const stdout = new Low();
    const display = displayOn({ stdout, env: { NO_COLOR: '1' } });
    begin(display);
    display.step(stepEvent(1, [0, 2, 0, 0], 1));
    display.leave();
    const left = stdout.text.slice(stdout.text.lastIndexOf('A prompt'));
    expect(left).toMatch(/^A prompt\n.*\n1 reward .*\n {2}░░░ upon ░░░ ░░░\n.*step 1\/4 25%.*\n$/);
    stdout.text = '';
    display.clear();
    expect(stdout.text).toBe('');
  });

  test('what is shown is erased in the end', () => {
    const stdout = new Terminal();
    const display = displayOn({ stdout });
    play(display, stdout);
    // Erases the line and moves up, once for every line of the frame and the empty one below it.
    expect(stdout.text.split('\u001b[2K')).toHaveLength(1 + 6);
    stdout.text = '';
    display.clear();
    expect(stdout.text).toBe('');
  });
});

describe('elsewhere', () => {
  test('progress goes to stderr where only that is a terminal', () => {
    const stderr = new Terminal();
    const stdout = new Collector();
    const written = play(displayOn({ stdout, stderr }), stderr);
    expect(written[2]).toMatch(/step 2\/4 50%/);
    expect(stdout.text).toBe('');
  });

  test.each<[string, Partial<Context>, boolean]>([
    ['nothing is a terminal', {}, false],
    [
      'the terminal is dumb',
      { stdout: new Terminal(), stderr: new Terminal(), env: { TERM: 'dumb' } },
      false,
    ],
    ['JSON is asked for', { stdout: new Terminal() }, true],
  ])('nothing is shown where %s', (_, streams, quiet) => {
    const stdout = (streams.stdout ?? new Collector()) as Collector;
    const stderr = (streams.stderr ?? new Collector()) as Collector;
    play(displayOn({ ...streams, stdout, stderr }, quiet), stdout);
    expect(stdout.text + stderr.text).toBe('');
  });
});
