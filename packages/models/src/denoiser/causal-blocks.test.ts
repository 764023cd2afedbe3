import { nodeBackend } from '@entrgi/backend-node';
import { type Backend, type Denoiser, InvalidArgumentError } from '@entrgi/core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { alteredFixture } from '../../fixtures/altered-fixture.js';
import { fixture, relativeError } from '../../fixtures/fixture.js';
import { loadDenoiser } from '../load-denoiser.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

/** Tokens that went through the network: sequences times length of each run. */
let runs: (readonly number[])[] = [];
const counting: Backend = {
  ...backend,
  async createSession(...model) {
    const session = await backend.createSession(...model);
    const run: typeof session.run = (feeds, options) => {
      runs.push(feeds.ids!.dims);
      return session.run(feeds, options);
    };
    return { ...session, run };
  },
};

// Blocks of 4 behind a prompt of 6: 0–1, 2–5, 6–9, 10–13, 14–17, 18.
const [promptLength, length, blockLength] = [6, 19, 4];
const sequence = (seed: number) =>
  Array.from({ length }, (_, i) => (i < promptLength ? 7 * i : 11 * i + seed) % 90);

describe.each(['a2d-qwen2', 'a2d-qwen3', 'a2d-llama'])('exact blocks: %s', (name) => {
  let denoiser: Denoiser;
  beforeEach(async () => {
    runs = [];
    denoiser = await loadDenoiser(fixture(name), {
      backend: counting,
      attention: 'block-causal',
      blockLength,
    });
    return () => denoiser.dispose();
  });

  /** Opens a block, and compares its logits with those of the whole sequences. */
  const compare = async (
    rows: readonly number[][],
    start: number,
    end: number,
    sequences = [...rows.keys()],
  ) => {
    const tokenIds = Int32Array.from(rows.flat());
    const request = { tokenIds, batch: rows.length, length, promptLength };
    const block = await denoiser.openBlock!({ ...request, start, end });
    const opened = runs;
    runs = [];
    const own = Int32Array.from(sequences.flatMap((b) => rows[b]!.slice(start, end)));
    const got = await block.logits({ sequences, tokenIds: own, positions: Int32Array.from(own.keys()) });
    const asked = [...runs];
    const whole = await denoiser.logits({
      tokenIds: Int32Array.from(sequences.flatMap((b) => rows[b]!)),
      batch: sequences.length,
      length,
      promptLength,
      positions: Int32Array.from(own, (_, i) => {
        const size = end - start;
        return Math.floor(i / size) * length + start + (i % size);
      }),
    });
    expect(relativeError(got, [...whole])).toBeLessThan(1e-5);
    runs = [];
    return { opened, asked, block };
  };

  it('computes a finished block once, and once for all sequences as long as they agree', async () => {
    const same = [sequence(1), sequence(1), sequence(1)];
    const held = [];
    let next = await compare(same, 6, 10);
    held.push(next.block);
    expect(next.opened).toEqual([[1, 6]]);
    expect(next.asked).toEqual([[3, 4]]);
    next = await compare(same, 10, 14);
    held.push(next.block);
    expect(next.opened).toEqual([[1, 4]]);
    // From here on each goes its own way.
    const apart = same.map((row, k) => row.map((id, i) => (i < 10 ? id : id + k)));
    next = await compare(apart, 14, 18);
    held.push(next.block);
    expect(next.opened).toEqual([[3, 4]]);
    // One has ended; another order, and a block of one token.
    const left = [apart[2]!, apart[0]!];
    next = await compare(left, 18, 19);
    expect(next.opened).toEqual([[2, 4]]);
    expect(next.asked).toEqual([[2, 1]]);
    expect(held).toHaveLength(3);
  });

  it('computes a finished block of a single sequence together with the first run of the next', async () => {
    const rows = [sequence(1)];
    const first = await compare(rows, 6, 10);
    expect([first.opened, first.asked]).toEqual([[[1, 6]], [[1, 4]]]);
    const second = await compare(rows, 10, 14);
    expect([second.opened, second.asked]).toEqual([[], [[1, 8]]]);
    // The same block again, as in its second step: what is behind it is kept now.
    const again = await compare(rows, 10, 14);
    expect([again.opened, again.asked]).toEqual([[], [[1, 4]]]);
    const own = Int32Array.from(rows[0]!.slice(10, 14));
    await second.block.logits({ sequences: [0], tokenIds: own, positions: Int32Array.of(1) });
    expect(runs).toEqual([[1, 4]]);
    runs = [];
    // Of a block that was edited since, two are missing.
    const edited = [rows[0]!.map((id, i) => (i === 8 ? 3 : id))];
    const third = await compare(edited, 14, 18);
    expect([third.opened, third.asked]).toEqual([[[1, 8]], [[1, 4]]]);
    // One that was opened and asked nothing keeps nothing, and what stands in it may still change.
    const tokenIds = Int32Array.from(edited[0]!);
    await denoiser.openBlock!({ tokenIds, batch: 1, length, promptLength, start: 18, end: 19 });
    const last = await compare(edited, 18, 19);
    expect([last.opened, last.asked]).toEqual([[], [[1, 5]]]);
    expect([first, again, third].every(({ block }) => block !== undefined)).toBe(true);
  });

  it('keeps what a block was opened with, whatever becomes of the tokens', async () => {
    const tokenIds = Int32Array.from(sequence(1));
    const request = { tokenIds, batch: 1, length, promptLength };
    const whole = await denoiser.logits({ ...request, positions: Int32Array.of(11) });
    const kept = await denoiser.openBlock!({ ...request, start: 6, end: 10 });
    const block = await denoiser.openBlock!({ ...request, start: 10, end: 14 });
    const own = tokenIds.slice(10, 14);
    tokenIds.fill(3, 6, 10);
    const got = await block.logits({ sequences: [0], tokenIds: own, positions: Int32Array.of(1) });
    expect(relativeError(got, [...whole])).toBeLessThan(1e-5);
    expect(kept).toBeDefined();
  });

  it('takes what it kept of another prompt, or of tokens that have changed, for what it is', async () => {
    const rows = [sequence(1), sequence(2)];
    const first = await compare(rows, 14, 18);
    expect(first.opened).toEqual([
      [1, 6],
      [2, 8],
    ]);
    const changed = rows.map((row) => row.map((id, i) => (i === 11 ? 3 : id)));
    expect((await compare(changed, 14, 18)).opened).toEqual([[2, 4]]);
    const other = rows.map((row) => row.map((id, i) => (i === 3 ? 3 : id)));
    expect((await compare(other, 14, 18)).opened).toEqual([
      [1, 4],
      [2, 8],
    ]);
    expect(first.block).toBeDefined();
  });

  it('runs some of the sequences, and part of a block', async () => {
    const rows = [sequence(1), sequence(2), sequence(3)];
    await compare(rows, 10, 14, [2, 0]);
    const part = await compare(rows, 12, 14, [1]);
    // What stands in the block around it comes along.
    expect(part.asked).toEqual([[1, 4]]);
    await compare(rows, 0, 2);
    await compare(rows, 3, 5);
  });

  it('refuses a block that is none', async () => {
    const request = { tokenIds: Int32Array.from(sequence(1)), batch: 1, length, promptLength };
    for (const [start, end] of [
      [5, 7],
      [6, 11],
      [0, 19],
    ] as const) {
      const failure = denoiser.openBlock!({ ...request, start, end });
      await expect(failure).rejects.toThrow(InvalidArgumentError);
      await expect(failure).rejects.toThrow(`expected tokens of one block of 4, got ${start} to ${end}`);
    }
    await expect(denoiser.openBlock!({ ...request, start: 18, end: 20 })).rejects.toThrow('within 19 tokens');
    await expect(
      denoiser.openBlock!({ ...request, promptLength: undefined, start: 6, end: 10 }),
    ).rejects.toThrow('expected a promptLength');
  });
});

describe('shifted logits: Fast-dLLM v2', () => {
  const load = async () =>
    loadDenoiser(
      await alteredFixture('a2d-qwen2', {
        'config.json': (json) => ({
          ...json,
          architectures: ['Fast_dLLM_QwenForCausalLM'],
          bd_size: blockLength,
          mask_token_id: undefined,
        }),
        'tokenizer.json': (json) => ({
          ...json,
          added_tokens: json.added_tokens.map((added: { id: number; content: string }) =>
            added.content.includes('mask') ? { ...added, content: '|<MASK>|' } : added,
          ),
        }),
        'tokenizer_config.json': (json) => ({
          ...json,
          mask_token: undefined,
          added_tokens_decoder: undefined,
        }),
      }),
      { backend },
    );

  it('knows its mask token by name, and its blocks by config.json', async () => {
    await using denoiser = await load();
    expect(denoiser.vocabulary.tokens[denoiser.vocabulary.maskId!]).toBe('|<MASK>|');
    expect(denoiser.blockAttention).toEqual({ blockLength, countedFrom: 'sequence' });
  });

  it('predicts the first token of a block with the block before it, for each sequence', async () => {
    await using denoiser = await load();
    const rows = [sequence(1), sequence(2), sequence(3)];
    const opening = { tokenIds: Int32Array.from(rows.flat()), batch: 3, length };
    for (const [start, end] of [
      [8, 12],
      [12, 16],
      [13, 15],
      [0, 4],
    ] as const) {
      const block = await denoiser.openBlock!({ ...opening, start, end });
      const sequences = [2, 0];
      const own = Int32Array.from(sequences.flatMap((b) => rows[b]!.slice(start, end)));
      // Of the first sequence the first two tokens, of the second all but the second.
      const size = end - start;
      const places = [...own.keys()].filter((i) => (i < size ? i < 2 : i !== size + 1));
      const got = await block.logits({ sequences, tokenIds: own, positions: Int32Array.from(places) });
      const whole = await denoiser.logits({
        tokenIds: Int32Array.from(sequences.flatMap((b) => rows[b]!)),
        batch: 2,
        length,
        positions: Int32Array.from(places, (i) => Math.floor(i / size) * length + start + (i % size)),
      });
      expect(relativeError(got, [...whole])).toBeLessThan(1e-5);
    }
  });
});
