import { nodeBackend } from '@entrgi/backend-node';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { denoiserDirectory, judgeDirectory, moodDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { runLane } from '../engine/run-lane.js';
import { lanes, type RunSettings, SHOWN } from '../protocol/protocol.js';
import { promptOf } from '../settings/default-settings.js';
import type { Compared } from './site.js';

/** What the page computes, in Node: the embedded models on a backend of its own. */
export const playgroundInNode = async (threads?: number) => {
  const backend = nodeBackend({ worker: true, ...(threads === undefined ? {} : { threads }) });
  const reward = (directory: string) => loadReward(directory, { backend });
  const models = {
    denoiser: await loadDenoiser(denoiserDirectory, { backend }),
    story: await reward(rewardDirectory),
    mood: await reward(moodDirectory),
    judge: await reward(judgeDirectory),
  };
  return {
    async run(settings: RunSettings): Promise<Compared[]> {
      const asked = { ...settings, prompt: promptOf(settings.prompt) };
      const frames: Compared[] = [];
      for (const lane of lanes) {
        for await (const { tokenIds, after, rewards } of runLane(
          lane,
          models,
          asked,
          new AbortController().signal,
        )) {
          const draft = [...after.ids.filter((_, i) => i % SHOWN === 0)];
          frames.push({ lane, tokenIds: [...tokenIds], draft, rewards: [...rewards] });
        }
      }
      return frames;
    },
    dispose: () => backend.dispose(),
  };
};

export interface Distance {
  /** Share of the tokens that are the same in the end. */
  readonly tokens: number;
  /** The largest difference of the rewards as long as all tokens are the same, of drafts that are the same. */
  readonly reward: number;
  /** Steps, of those, whose drafts differ: what guidance draws on its way can tip over. Their rewards are those of other texts. */
  readonly otherDrafts: number;
  /** Tokens that differ in the end, of each lane. */
  readonly deviations: readonly {
    readonly lane: number;
    readonly slot: number;
    readonly ids: readonly [number, number];
  }[];
}

/** How far two runs of the same settings are from each other. */
export const distance = (a: readonly Compared[], b: readonly Compared[]): Distance => {
  let [all, reward, otherDrafts] = [0, 0, 0];
  const deviations: Distance['deviations'][number][] = [];
  for (const lane of lanes) {
    const [ours, theirs] = [a, b].map((frames) => frames.filter((frame) => frame.lane === lane)) as [
      Compared[],
      Compared[],
    ];
    if (ours.length === 0 || ours.length !== theirs.length) {
      throw new Error(`Runs of ${ours.length} and ${theirs.length} steps cannot be compared.`);
    }
    const parted = ours.findIndex(({ tokenIds }, i) => String(tokenIds) !== String(theirs[i]!.tokenIds));
    ours.slice(0, parted < 0 ? undefined : parted).forEach(({ draft, rewards }, i) => {
      if (String(draft) !== String(theirs[i]!.draft)) {
        otherDrafts += 1;
        return;
      }
      rewards.forEach((value, k) => {
        reward = Math.max(reward, Math.abs(value - theirs[i]!.rewards[k]!));
      });
    });
    const [last, other] = [ours.at(-1)!.tokenIds, theirs.at(-1)!.tokenIds];
    all += last.length;
    last.forEach((id, slot) => {
      if (id !== other[slot]) deviations.push({ lane, slot, ids: [id, other[slot]!] });
    });
  }
  return { tokens: 1 - deviations.length / all, reward, otherDrafts, deviations };
};
