import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import type { ResponseMix } from '@entrgi/core';
import { loadClassifier } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { rewardDirectory } from '@entrgi/tiny-stories';
import { interleave } from './interleave.js';
import { machine, residentBytes } from './machine.js';
import { skyworkShape, writeRandomCheckpoint } from './random-checkpoint.js';

export interface GradientBenchOptions {
  /** Where the random checkpoint is kept between runs (2.4 GB for 28 layers). */
  readonly cache: string;
  readonly layers: number;
  /** Tokens in all: template, prompt and response. */
  readonly length: number;
  /** Tokens of the response, all of them mixtures. */
  readonly response: number;
  readonly trajectories: number;
  readonly rounds: number;
}

/** One token of the embedded tokenizer, with its leading space. */
const WORD = ' the';

/**
 * Reward + gradient against reward alone on a random model of Skywork-0.6B shape, weights held once: both over the whole sequence, and the
 * gradient also after a prompt that is computed once.
 */
export async function benchGradient({
  cache,
  layers,
  length,
  response,
  trajectories,
  rounds,
}: GradientBenchOptions) {
  const shape = skyworkShape({ layers });
  const directory = join(cache, `skywork-${layers}`);
  writeRandomCheckpoint(directory, shape, rewardDirectory);
  const weightBytes = Object.values(shape.tensors).reduce((sum, dims) => sum + 4 * elements(dims), 0);

  const backend = nodeBackend();
  const before = residentBytes();
  const { tokenizer, vocabulary } = await loadClassifier(directory);
  const template = tokenizer.around('x');
  const prompt = WORD.repeat(length - response - (template.prefix.length + template.suffix.length - 1));
  const request = { prompt, vocabulary, length: response };
  const reward = await loadReward(directory, { backend, weightsOnce: true, prefixReuse: false });
  const context = await reward.open(request);
  const mix = randomMix(trajectories, response);
  const text = WORD.repeat(response);

  await context.evaluate(mix);
  const residentGradient = residentBytes() - before;
  await reward.score(prompt, [text]);
  const residentBoth = residentBytes() - before;
  const reusing = await loadReward(directory, { backend, weightsOnce: true });
  const continued = await reusing.open(request);
  const times = await interleave(
    [
      { name: 'reward', run: () => reward.score(prompt, new Array(trajectories).fill(text)) },
      { name: 'reward + gradient', run: () => context.evaluate(mix) },
      { name: 'reward + gradient, prompt once', run: () => continued.evaluate(mix) },
    ],
    rounds,
  );
  for (const opened of [context, continued, reward, reusing]) await opened.dispose();
  await backend.dispose();
  return {
    machine: machine(),
    shape: { layers, length, response, trajectories },
    milliseconds: Object.fromEntries(times),
    ratio: times.get('reward + gradient')! / times.get('reward')!,
    promptOnce: times.get('reward + gradient, prompt once')! / times.get('reward + gradient')!,
    weightsGB: weightBytes / 1e9,
    residentOverWeights: {
      gradientSession: residentGradient / weightBytes,
      bothSessions: residentBoth / weightBytes,
    },
  };
}

const elements = (dims: readonly number[]): number => dims.reduce((product, size) => product * size, 1);

/** Every slot a mixture of 64 candidates, half soft and half hard. */
const randomMix = (trajectories: number, length: number): ResponseMix => {
  const columns = 64;
  const slots = trajectories * length;
  return {
    trajectories,
    tokenIds: new Int32Array(slots).fill(300),
    attention: new Uint8Array(slots).fill(1),
    rows: Int32Array.from({ length: slots }, (_, slot) => slot),
    candidates: Int32Array.from({ length: columns }, (_, column) => 300 + column),
    probs: new Float32Array(slots * columns).fill(1 / columns),
    weights: new Float32Array(slots).fill(0.5),
  };
};
