import { nodeBackend } from '@entrgi/backend-node';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserDirectory, moodDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Models } from './engine/models.js';
import { pullOf } from './engine/observe-reward.js';
import { runLane } from './engine/run-lane.js';
import { laneHistory } from './history/lane-history.js';
import { tokenNamed } from './history/token-named.js';
import type { Words } from './history/words.js';
import type { Frame, Lane, RunSettings } from './protocol/protocol.js';
import { defaultSettings, promptOf } from './settings/default-settings.js';
import { settingsFromAddress, settingsToAddress } from './settings/settings-in-address.js';
import { editOfSlot } from './state/edit-of-slot.js';

const settings: RunSettings = {
  ...defaultSettings,
  prompt: promptOf(defaultSettings.prompt),
  steps: 6,
  maxNewTokens: 12,
  guidanceSteps: 1,
  storyWeight: 0.5,
  moodWeight: 0.5,
};

describe('a token', { timeout: 60_000 }, () => {
  const backend = nodeBackend();
  let models: Models;
  let words: Words;
  const runs = new Map<Lane, Frame[]>();
  beforeAll(async () => {
    const reward = (directory: string) => loadReward(directory, { backend });
    models = {
      denoiser: await loadDenoiser(denoiserDirectory, { backend }),
      story: await reward(rewardDirectory),
      mood: await reward(moodDirectory),
      judge: undefined,
    };
    const { spelling, tokens, maskId, endIds } = models.denoiser.vocabulary;
    words = { tokens: spelling?.texts ?? tokens, maskId: maskId!, endIds };
    for (const lane of [0, 1] as const) runs.set(lane, await framesOf(lane, settings));
  }, 60_000);
  afterAll(() => backend.dispose());

  const framesOf = async (lane: Lane, asked: RunSettings): Promise<Frame[]> => {
    const frames: Frame[] = [];
    for await (const frame of runLane(lane, models, asked, new AbortController().signal)) frames.push(frame);
    return frames;
  };
  const historyOf = (frames: readonly Frame[]) => laneHistory({ words, length: 12, frames });
  const tokensOf = (frames: readonly Frame[]) => frames.map(({ tokenIds }) => [...tokenIds]);

  it.each([0, 1] as const)(
    'of lane %i is edited in the step that wrote it, and all before stays',
    async (lane) => {
      const plain = runs.get(lane)!;
      const slot = historyOf(plain)
        .slots(0, 6)
        .find(({ committedAt }) => committedAt === 3)!;
      const happy = tokenNamed(words, 'happy')!;
      expect(words.tokens[happy]).toBe(' happy');
      expect(slot.tokenId).not.toBe(happy);
      const edit = editOfSlot(lane, { trajectory: 0, step: 6 }, slot, happy);
      const edited = await framesOf(lane, { ...settings, edits: [edit] });
      expect(tokensOf(edited).slice(0, 2)).toEqual(tokensOf(plain).slice(0, 2));
      for (const { tokenIds } of edited.slice(2)) expect(tokenIds[slot.position]).toBe(happy);
      expect(historyOf(edited).slots(0, 6)[slot.position]).toMatchObject({ tokenId: happy, committedAt: 3 });
      // What was written in the same step was drawn before the edit; only what came later could see it.
      expect(tokensOf(edited)[2]!.with(slot.position, 0)).toEqual(tokensOf(plain)[2]!.with(slot.position, 0));
    },
  );

  it('that is masked is written in the step that is looked at', () => {
    const slot = historyOf(runs.get(0)!)
      .slots(0, 2)
      .find(({ tokenId }) => tokenId === undefined)!;
    const { position } = slot;
    expect(editOfSlot(0, { trajectory: 0, step: 2 }, slot, 7)).toEqual({
      lane: 0,
      trajectory: 0,
      position,
      step: 2,
      tokenId: 7,
    });
  });

  it('that is locked stands from the beginning, in an address too', async () => {
    const locks = [{ position: 4, tokenId: tokenNamed(words, 'happy')! }];
    const address = settingsToAddress({ ...settings, locks });
    expect(settingsFromAddress(address).locks).toEqual(locks);
    const frames = await framesOf(0, { ...settings, locks });
    for (const { tokenIds, slots } of frames) {
      expect(tokenIds[4]).toBe(locks[0]!.tokenId);
      expect([...slots]).not.toContain(4);
    }
    expect(frames[0]!.slots).toHaveLength(11);
    expect(historyOf(frames).slots(0, 3)[4]).toMatchObject({ tokenId: locks[0]!.tokenId, committedAt: 0 });
  });

  it.each(['locks=x', 'locks=1.2.3', 'locks=96.5', 'locks=-1.5', 'locks=1e2.5'])(
    'is not locked by an address with %s',
    (fragment) => {
      expect(settingsFromAddress(fragment).locks).toEqual([]);
    },
  );

  it('that is no single one has no name', () => {
    expect(tokenNamed(words, 'extraterrestrial')).toBeUndefined();
    expect(tokenNamed(words, '')).toBeUndefined();
  });

  it('is pulled at by the gradient as far as that tells tokens apart', () => {
    // Mean 1, variance ¼ · 9 + ¾ · 1 = 3; and where all are equally good, 0.
    const mix = { probs: Float32Array.of(0.25, 0.75, 0.5, 0.5), rows: Int32Array.of(3, 5) };
    const pull = pullOf(mix, { tokenScores: Float32Array.of(4, 0, 2, 2) });
    expect(pull[0]).toBeCloseTo(Math.sqrt(3), 6);
    expect(pull[1]).toBe(0);
    for (const { slots, pull: seen } of runs.get(1)!) {
      expect(seen).toHaveLength(slots.length);
      expect(seen.every((value) => value > 0)).toBe(true);
    }
    expect(runs.get(0)!.every(({ pull: seen }) => seen.every(Number.isNaN))).toBe(true);
  });
});
