import { describe, expect, it } from 'vitest';
import { orders, type SampleOptions, sample, schedules } from '../index.js';
import { bigramDenoiser, vocabulary } from '../testing/bigram-denoiser.js';

const { size, maskId = -1, tokens } = vocabulary;
const [prompt, length] = ['abc', 12];

const run = async (options: Partial<SampleOptions>) => {
  const denoiser = bigramDenoiser();
  const changes: { position: number; tokenId: number }[] = [];
  const given = { prompts: [prompt], trajectories: 1, maxNewTokens: length, temperature: 0, filters: [] };
  for await (const event of sample({
    denoiser,
    ...given,
    order: orders.lowConfidence,
    schedule: schedules.even,
    deprioritizeEos: false,
    ...options,
  })) {
    if (event.type === 'step-end') changes.push(...(event.changed ?? []));
    else return { responses: event.trajectories.map((t) => [...t.tokenIds]), changes, denoiser };
  }
  throw new Error('unreachable');
};

/** The same by one loop, as LLaDA2.1 is described: in each pass the surest masks are filled, and written tokens give way to likelier ones. */
const straightforward = async (options: {
  readonly blockLength: number;
  readonly perBlock: number;
  readonly threshold: number;
  readonly given?: readonly number[];
}) => {
  const denoiser = bigramDenoiser();
  const prefix = [...denoiser.encodePrompt(prompt)];
  const { blockLength, perBlock, threshold, given = [] } = options;
  const x = [...prefix, ...Array.from({ length }, (_, i) => given[i] ?? maskId)];
  let edits = 0;
  for (let start = prefix.length; start < x.length; start += blockLength) {
    for (let step = 0; step < perBlock; step++) {
      const before = [...x];
      const best = new Map<number, { id: number; p: number }>();
      for (let at = start; at < start + blockLength; at++) {
        if (given[at - prefix.length] !== undefined) continue;
        const positions = Int32Array.of(at);
        const logits = await denoiser.logits({
          tokenIds: Int32Array.from(before),
          batch: 1,
          length: x.length,
          positions,
        });
        const weights = Array.from(logits, (logit, id) =>
          id === maskId || tokens[id] === undefined ? 0 : Math.exp(logit),
        );
        const total = weights.reduce((a, b) => a + b);
        const id = weights.indexOf(Math.max(...weights));
        best.set(at, { id, p: weights[id]! / total });
      }
      const masked = [...best.keys()].filter((at) => before[at] === maskId);
      // The rest of the masks in equal shares, rounded up where it does not come out even.
      const share =
        step === perBlock - 1 ? masked.length : schedules.even.count!(masked.length, step + 1, perBlock);
      const surest = masked.toSorted((a, b) => best.get(b)!.p - best.get(a)!.p).slice(0, share);
      for (const at of surest) x[at] = best.get(at)!.id;
      for (const [at, { id, p }] of best) {
        if (before[at] === maskId || id === before[at] || p <= threshold) continue;
        x[at] = id;
        edits++;
      }
    }
  }
  return { response: x.slice(prefix.length), edits };
};

describe('editThreshold', () => {
  it.each([
    { blockLength: 12, perBlock: 6, threshold: 0.5 },
    { blockLength: 4, perBlock: 4, threshold: 0.3 },
    { blockLength: 4, perBlock: 8, threshold: 0 },
    { blockLength: 6, perBlock: 3, threshold: 0.4 },
  ])('writes what one loop writes: %o', async (options) => {
    const { blockLength, perBlock, threshold: editThreshold } = options;
    const { response, edits } = await straightforward(options);
    const steps = (perBlock * length) / blockLength;
    const { responses, changes } = await run({ blockLength, steps, editThreshold });
    expect(responses).toEqual([response]);
    expect(changes).toHaveLength(edits);
    expect(edits).toBeGreaterThan(0);
  });

  it('goes on after the last mask until nothing changes, and no longer', async () => {
    const settings = { blockLength: 12, editThreshold: 0.5 };
    const { denoiser, responses } = await run({ ...settings, steps: 60, confidenceThreshold: 0.01 });
    // All is written in the first step, of 60.
    expect(denoiser.requests.length).toBeGreaterThan(1);
    expect(denoiser.requests.length).toBeLessThan(60);
    expect(responses[0]!.every((id) => id !== maskId && id < size)).toBe(true);
  });

  it('leaves what stands from the beginning', async () => {
    const given = [4, 5];
    const options = { blockLength: 12, perBlock: 6, threshold: 0 };
    const { response } = await straightforward({ ...options, given });
    const { responses } = await run({
      blockLength: 12,
      steps: 6,
      editThreshold: 0,
      response: Int32Array.from({ length }, (_, i) => given[i] ?? maskId),
    });
    expect(responses).toEqual([response]);
    expect(responses[0]!.slice(0, 2)).toEqual(given);
  });

  it('treats several trajectories each on its own', async () => {
    const options = { blockLength: 4, steps: 9, temperature: 1, editThreshold: 0.4, seed: 5 };
    const { responses } = await run({ ...options, trajectories: 3 });
    for (const [k, response] of responses.entries()) {
      const alone = await run({ ...options, firstTrajectory: k });
      expect(alone.responses).toEqual([response]);
    }
  });

  it.each([-0.1, 1, Number.NaN])('is refused at %s', async (editThreshold) => {
    await expect(run({ editThreshold })).rejects.toThrow('expected a number of at least 0 and below 1');
  });

  it.each([
    [{ steps: 1 }, 'steps: expected at least 2, for editThreshold to have an effect, got 1.'],
    [
      { steps: 3, blockLength: 4 },
      'steps: expected more than one in each of 3 blocks, for editThreshold to have an effect, got 3.',
    ],
  ])('is refused where nothing is left to edit: %o', async (options, message) => {
    await expect(run({ ...options, editThreshold: 0.5 })).rejects.toThrow(message);
  });
});
