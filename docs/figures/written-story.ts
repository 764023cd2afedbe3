import { type Denoiser, type DifferentiableReward, type MethodName, nodeBackend, stream } from 'entrgi';
import { demoSettings, loadDemoModels } from 'entrgi/internal';

/** A piece of a response, and the step that committed it. */
export interface WrittenToken {
  readonly text: string;
  readonly step: number;
}

/** The best response of a run, by token. */
export interface WrittenStory {
  readonly tokens: readonly WrittenToken[];
  readonly steps: number;
  /** Of the best response, and the mean over all. */
  readonly reward: number;
  readonly mean: number;
  /** What the judge says of all, on average: the probability that a person wrote it. */
  readonly judge: number;
}

/** What the demo writes, as it does: both rewards, its settings, 4 responses. */
export const writtenStories = async (
  prompt: string,
  methods: readonly MethodName[],
): Promise<WrittenStory[]> => {
  const backend = nodeBackend();
  const { denoiser, reward, judged } = await loadDemoModels(backend);
  const stories: WrittenStory[] = [];
  for (const method of methods) {
    const story = await written(prompt, method, denoiser, reward);
    const judges = await judged(prompt, story.texts);
    stories.push({ ...story, judge: judges.reduce((sum, each) => sum + each, 0) / judges.length });
  }
  await backend.dispose();
  return stories;
};

const written = async (
  prompt: string,
  method: MethodName,
  denoiser: Denoiser,
  reward: DifferentiableReward,
) => {
  const { steps } = demoSettings;
  const committed = new Map<string, number>();
  for await (const event of stream({ prompt, method, denoiser, reward, seed: 1, ...demoSettings })) {
    if (event.type === 'step-end') {
      for (const { trajectory, position } of event.committed)
        committed.set(`${trajectory} ${position}`, event.step);
      continue;
    }
    const { trajectories, text, reward: best, avg } = event.result;
    const k = trajectories.findIndex((trajectory) => trajectory.text === text);
    const ends = new Set(denoiser.vocabulary.endIds);
    const ids = trajectories[k]!.tokenIds;
    const length = ids.findIndex((id) => ends.has(id));
    const tokens = ids.slice(0, length < 0 ? ids.length : length).map((id, position) => ({
      text: denoiser.decode([id]),
      step: committed.get(`${k} ${position}`) ?? steps,
    }));
    return {
      tokens,
      steps,
      reward: best,
      mean: avg,
      texts: trajectories.map((trajectory) => trajectory.text),
    };
  }
  throw new Error('A stream ends with its result.');
};
