import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { readTracks } from '@entrgi/evaluation';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserDirectory, moodDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entrgi } from '../../cli/src/testing/capture.js';
import type { Models } from './engine/models.js';
import { runLane } from './engine/run-lane.js';
import { laneHistory } from './history/lane-history.js';
import { readTrace } from './history/read-trace.js';
import { readable } from './history/readable.js';
import { traceText } from './history/trace-text.js';
import type { Frame, Lane } from './protocol/protocol.js';
import { defaultSettings, promptOf } from './settings/default-settings.js';
import { replayOfLanes } from './view/replay-of-lanes.js';

const settings = {
  ...defaultSettings,
  prompt: promptOf(defaultSettings.prompt),
  trajectories: 2,
  steps: 6,
  maxNewTokens: 12,
  guidanceSteps: 2,
};
const folder = mkdtempSync(join(tmpdir(), 'entrgi-traces-'));

describe('a trace', { timeout: 60_000 }, () => {
  const backend = nodeBackend();
  let models: Models;
  beforeAll(async () => {
    const reward = (directory: string) => loadReward(directory, { backend });
    models = {
      denoiser: await loadDenoiser(denoiserDirectory, { backend }),
      story: await reward(rewardDirectory),
      mood: await reward(moodDirectory),
      judge: undefined,
    };
  }, 60_000);
  afterAll(async () => {
    await backend.dispose();
    rmSync(folder, { recursive: true });
  });

  const framesOf = async (lane: Lane): Promise<Frame[]> => {
    const frames: Frame[] = [];
    for await (const frame of runLane(lane, models, settings, new AbortController().signal))
      frames.push(frame);
    return frames;
  };

  const ofCommandLine = async (method: string): Promise<string> => {
    const trace = join(folder, `${method}.trace.jsonl`);
    const numbers = {
      seed: settings.seed,
      trajectories: method === 'base' ? 1 : settings.trajectories,
      steps: settings.steps,
      'max-new-tokens': settings.maxNewTokens,
      temperature: settings.temperature,
      ...(method === 'base'
        ? {}
        : { 'guidance-steps': settings.guidanceSteps, 'learning-rate': settings.learningRate }),
    };
    const options = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const { status, stderr } = await entrgi([
      'generate',
      settings.prompt,
      ...options,
      '--method',
      method,
      '--trace',
      trace,
      '--json',
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return readFileSync(trace, 'utf8');
  };

  const withoutTimes = (text: string): object[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => ({ ...JSON.parse(line), timings: undefined }));

  it.each([
    [0, 'base'],
    [1, 'entrgi'],
  ] as const)('of lane %i is what the command line writes, and is read by it', async (lane, method) => {
    const frames = await framesOf(lane);
    const text = traceText({ frames });
    expect(withoutTimes(text)).toEqual(withoutTimes(await ofCommandLine(method)));

    const file = join(folder, `${method}.jsonl`);
    writeFileSync(file, text);
    const [track] = await readTracks([file]);
    const last = frames.at(-1)!;
    const best =
      track!.rewards.at(-1) === null
        ? 0
        : last.record.rewards!.last.indexOf(Math.max(...last.record.rewards!.last));
    const ids = last.tokenIds.subarray(best * last.length, (best + 1) * last.length);
    expect(track!.tokens).toEqual(Array.from(ids, (id) => models.denoiser.decode([id])));
  });

  it('of the command line is shown as it came about, and saved as it was', async () => {
    const text = await ofCommandLine('entrgi');
    const { frames, words, length, title } = readTrace(text, 'a.trace.jsonl', 1);
    expect(title).toBe('a');
    expect(words.maskId).toBe(models.denoiser.vocabulary.maskId);
    expect(traceText({ frames })).toBe(text);
    const [opened, ran] = [
      laneHistory({ words, length, frames }),
      laneHistory({ words, length, frames: await framesOf(1) }),
    ];
    for (let step = 0; step <= settings.steps; step++) {
      for (const trajectory of [0, 1]) {
        const known = (history: typeof opened) =>
          history.slots(trajectory, step).map(({ tokenId, committedAt }) => ({ tokenId, committedAt }));
        expect(known(opened)).toEqual(known(ran));
      }
    }
    expect(frames.at(-1)!.texts).toEqual(ran.frames.at(-1)!.texts);
  });

  it('of each lane makes the page that the command line makes of them', async () => {
    const shown = await Promise.all(
      ([0, 1] as const).map(async (lane) => ({
        name: `lane ${lane}`,
        history: { frames: await framesOf(lane) },
      })),
    );
    const files = shown.map(({ name, history }) => {
      const file = join(folder, `${name}.trace.jsonl`);
      writeFileSync(file, traceText(history));
      return file;
    });
    const page = join(folder, 'replay.html');
    expect((await entrgi(['replay', ...files, '-o', page])).status).toBe(0);
    expect(replayOfLanes(shown)).toBe(readFileSync(page, 'utf8'));
  });

  it.each([
    ['nothing', '', /^notes\.txt is empty\. This page opens traces, .* and models, /],
    ['no JSON', 'Once upon a time', /^notes\.txt is neither a trace nor a model\. This page opens traces, /],
    ['other JSON', '{"type":"step-end"}', /is neither a trace nor a model\./],
    ['a journal', '{"prompt":"x","method":"base"}\n', /is neither a trace nor a model\./],
  ])('that is %s is refused in words', (_, text, message) => {
    expect(() => readTrace(text, 'notes.txt', 0)).toThrow(message);
  });

  it('that breaks off is refused by the line', async () => {
    const text = await ofCommandLine('base');
    const [first, second] = text.split('\n') as [string, string];
    expect(() => readTrace(`${first}\n${second.slice(0, -9)}`, 'a.jsonl', 0)).toThrow(
      'a.jsonl, line 2: expected a step of a trace, got no JSON. The file is damaged',
    );
  });

  it('is read whole, and of a film no more than what shows that it is none', async () => {
    const opened = (text: string) => readable(new File([text], 'x')).text();
    const trace = `{"a":"${'b'.repeat(5000)}"}`;
    expect(await opened(trace)).toBe(trace);
    expect(await opened('film'.repeat(5000))).toHaveLength(1000);
  });

  it('with a position outside its response is refused', async () => {
    const [first] = withoutTimes(await ofCommandLine('base'));
    const wrong = {
      ...first,
      timings: { totalMs: 1 },
      committed: [{ trajectory: 0, position: 12, tokenId: 5, text: 'a' }],
    };
    expect(() => readTrace(JSON.stringify(wrong), 'a.jsonl', 0)).toThrow('a.jsonl is neither a trace');
  });
});
