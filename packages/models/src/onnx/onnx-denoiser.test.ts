import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import {
  CheckpointError,
  InvalidArgumentError,
  InvalidModelError,
  MemoryLimitError,
  UnsupportedError,
} from '@entrgi/core';
import { encodeModel, type Graph, GraphBuilder } from '@entrgi/onnx';
import { readModelFile } from '@entrgi/onnx/node';
import { afterAll, describe, expect, it } from 'vitest';
import { type Alteration, alteredFixture } from '../../fixtures/altered-fixture.js';
import { fixture, fixtureNumbers, relativeError } from '../../fixtures/fixture.js';
import { loadDenoiser } from '../load-denoiser.js';

const backend = nodeBackend({ threads: 1 });
afterAll(() => backend.dispose());

/** A fixture in transformers.js layout: its export instead of its weights. */
const exported = async (
  name: string,
  {
    file = 'onnx/model.onnx',
    model,
    ...alterations
  }: { file?: string; model?: Uint8Array } & Record<string, Alteration | undefined> = {},
): Promise<string> => {
  const directory = await alteredFixture(name, {
    'model.safetensors': null,
    ...(alterations as Record<string, Alteration>),
  });
  await mkdir(join(directory, 'onnx'));
  await writeFile(join(directory, file), model ?? (await readFile(`${fixture(name)}.onnx`)));
  return directory;
};

/** The export, changed. */
const altered = async (name: string, change: (graph: Graph) => void): Promise<Uint8Array> => {
  const model = await readModelFile(`${fixture(name)}.onnx`);
  change(model.graph);
  return encodeModel(model);
};

const oracle = async (name: string) => {
  const { tokenIds, positions, logits } = (await fixtureNumbers(name)).denoiser!;
  const [batch, length] = tokenIds.dims as [number, number];
  const request = {
    tokenIds: Int32Array.from(tokenIds.data),
    batch,
    length,
    positions: Int32Array.from(positions),
  };
  return { request, logits: logits.data };
};

describe.each(['bert-fill', 'modernbert-fill'])('an exported %s', (name) => {
  it.each([false, true])('gives the logits of PyTorch (weights once: %s)', async (disablePrepacking) => {
    const denoiser = await loadDenoiser(await exported(name), { backend, disablePrepacking });
    const { request, logits } = await oracle(name);
    expect(relativeError(await denoiser.logits(request), logits)).toBeLessThan(1e-4);
    await denoiser.dispose();
  });

  it('is the same denoiser as its checkpoint', async () => {
    const denoiser = await loadDenoiser(await exported(name), { backend });
    const checkpoint = await loadDenoiser(fixture(name), { backend });
    const facts = ({ vocabulary, maxLength, name, encodePrompt }: typeof denoiser) => {
      return { vocabulary, maxLength, name, prompt: encodePrompt('Tell me') };
    };
    expect(facts(denoiser)).toEqual(facts(checkpoint));
    await denoiser.dispose();
    await checkpoint.dispose();
  });
});

describe('an exported denoiser: what is loaded', () => {
  it('is the file that is named, else the safetensors', async () => {
    const { request, logits } = await oracle('bert-fill');
    const other = await altered('bert-fill', ({ initializers }) => {
      const bias = initializers.get('model.cls.predictions.bias')!.data as Float32Array;
      bias.forEach((x, i) => { bias[i] = x + 1; }); // biome-ignore format: one line
    });
    const directory = await exported('bert-fill', { file: 'onnx/model_other.onnx', model: other });
    await expect(loadDenoiser(directory, { backend })).rejects.toThrow(CheckpointError);
    const named = await loadDenoiser(directory, { backend, file: 'onnx/model_other.onnx' });
    const plusOne = logits.map((x) => x + 1);
    expect(relativeError(await named.logits(request), plusOne)).toBeLessThan(1e-4);
    await writeFile(join(directory, 'model.onnx'), other);
    await writeFile(
      join(directory, 'model.safetensors'),
      await readFile(join(fixture('bert-fill'), 'model.safetensors')),
    );
    const both = await loadDenoiser(directory, { backend });
    expect(relativeError(await both.logits(request), logits)).toBeLessThan(1e-4);
  });

  it('is the only output, or the one that is named', async () => {
    const { request, logits } = await oracle('bert-fill');
    let bias!: Float32Array;
    let unbiased!: string;
    const withOutputs = (...extra: readonly string[]) =>
      altered('bert-fill', (graph) => {
        const [[, type]] = graph.outputs as unknown as [[string, never]];
        bias = graph.initializers.get('model.cls.predictions.bias')!.data as Float32Array;
        unbiased = graph.nodes.at(-2)!.outputs[0]!;
        graph.outputs = new Map([unbiased, ...extra].map((name) => [name, type]));
      });
    for (const extra of [[], ['logits']]) {
      const directory = await exported('bert-fill', { model: await withOutputs(...extra) });
      const output = extra.length === 0 ? undefined : unbiased;
      const denoiser = await loadDenoiser(directory, { backend, output });
      const expected = logits.map((x, i) => x - bias[i % bias.length]!);
      expect(relativeError(await denoiser.logits(request), expected)).toBeLessThan(1e-4);
      await denoiser.dispose();
      const other = loadDenoiser(directory, { backend, output: 'scores' });
      await expect(other).rejects.toThrow(InvalidArgumentError);
      await expect(other).rejects.toThrow(
        `output: expected the name of one, got 'scores'. It has '${unbiased}'`,
      );
    }
  });

  it('may be a file of a directory, named as one', async () => {
    const directory = await exported('bert-fill', { file: 'onnx/model_other.onnx' });
    const { request, logits } = await oracle('bert-fill');
    const denoiser = await loadDenoiser(`${directory}/onnx/model_other.onnx`, { backend, maxLength: 20 });
    expect([denoiser.name, denoiser.maxLength]).toEqual(['bert-fill', 20]);
    expect(relativeError(await denoiser.logits(request), logits)).toBeLessThan(1e-4);
    await denoiser.dispose();
  });

  it('may keep its weights in a file beside it', async () => {
    let bytes: Uint8Array | undefined;
    const model = await altered('bert-fill', ({ initializers }) => {
      const name = 'model.bert.embeddings.word_embeddings.weight';
      const { type, dims, data } = initializers.get(name)!;
      bytes = new Uint8Array((data as Float32Array).slice().buffer);
      const external = { location: 'model.onnx_data', offset: 0, length: bytes.length };
      initializers.set(name, { type, dims, external });
    });
    const directory = await exported('bert-fill', { model });
    await expect(loadDenoiser(directory, { backend })).rejects.toThrow(InvalidModelError);
    await writeFile(join(directory, 'onnx/model.onnx_data'), bytes!);
    const { request, logits } = await oracle('bert-fill');
    const denoiser = await loadDenoiser(directory, { backend });
    expect(relativeError(await denoiser.logits(request), logits)).toBeLessThan(1e-4);
  });

  it('ends a response at the tokens that it is told', async () => {
    const directory = await exported('bert-fill', {
      'tokenizer_config.json': (json) => ({ ...json, eos_token: '[SEP]' }),
      'config.json': (json) => ({ ...json, eos_token_id: [3, 9] }),
    });
    for (const [endTokens, ends, text] of [
      ['turn', [3, 9], 'a'],
      ['eos', [3], 'a? a'],
    ] as const) {
      const denoiser = await loadDenoiser(directory, { backend, endTokens });
      expect(denoiser.vocabulary.endIds).toEqual(ends);
      expect(denoiser.decode([10, 9, 10, 3, 10])).toBe(text);
      await denoiser.dispose();
    }
  });

  it('may read int32 and positions', async () => {
    // logits = embedding of the token + 10 · its place
    const size = 170;
    const g = new GraphBuilder();
    const slots = ['batch', 'length'];
    const ids = g.input('input_ids', 'int32', slots);
    const places = g.input('position_ids', 'int32', slots);
    const table = Float32Array.from({ length: size * size }, (_, i) => Math.sin(i));
    const embeds = g.Gather(g.constant({ type: 'float32', dims: [size, size], data: table }), ids);
    const place = g.Unsqueeze(g.Mul(g.Cast(places, 'float32'), g.scalar(10, 'float32')), [2]);
    g.output(g.Add(embeds, place), 'logits');
    const sized = (config: object) => ({ ...config, vocab_size: size });
    const directory = await exported('bert-fill', {
      model: encodeModel(g.model()),
      'config.json': sized,
    });
    const denoiser = await loadDenoiser(directory, { backend });
    const request = {
      tokenIds: Int32Array.of(5, 6, 7, 8),
      batch: 2,
      length: 2,
      positions: Int32Array.of(0, 3),
    };
    const expected = [
      ...table.slice(5 * size, 6 * size),
      ...table.slice(8 * size, 9 * size).map((x) => x + 10),
    ];
    expect(relativeError(await denoiser.logits(request), expected)).toBeLessThan(1e-6);
  });
});

describe('an exported denoiser is refused', () => {
  const load = async (...given: Parameters<typeof exported>) =>
    loadDenoiser(await exported(...given), { backend });

  it('where the file is missing or no model', async () => {
    const directory = await exported('bert-fill');
    const missing = loadDenoiser(directory, { backend, file: 'onnx/model_q4.onnx' });
    await expect(missing).rejects.toThrow(CheckpointError);
    await expect(missing).rejects.toThrow('there is no onnx/model_q4.onnx');
    await expect(load('bert-fill', { model: Uint8Array.of(1, 2, 3) })).rejects.toThrow(InvalidModelError);
  });

  it('where its weights are to be held otherwise than they are, or do not fit', async () => {
    const directory = await exported('bert-fill');
    for (const dtype of ['fp16', 'bf16', 'q8', 'q4'] as const) {
      const failure = loadDenoiser(directory, { backend, dtype });
      await expect(failure).rejects.toThrow(UnsupportedError);
      await expect(failure).rejects.toThrow(
        `${directory}: dtype: expected 'fp32' or 'auto', got '${dtype}': an ONNX model runs as it is. Name a quantized variant as file`,
      );
    }
    const rounded = loadDenoiser(directory, { backend, int8Activations: true });
    await expect(rounded).rejects.toThrow('int8Activations: expected false, got true');
    const large = loadDenoiser(directory, { backend, memoryLimit: 1e4 });
    await expect(large).rejects.toThrow(MemoryLimitError);
    await expect(large).rejects.toThrow(
      /onnx\/model\.onnx: its weights take about 0\.\d MB, but the limit is 0\.0 MB\. Choose a smaller or a quantized model, or raise memoryLimit\./,
    );
    await (await loadDenoiser(directory, { backend, dtype: 'auto', memoryLimit: 1e6 })).dispose();
  });

  it('where its outputs are no fill-mask model’s', async () => {
    const g = new GraphBuilder();
    g.output(g.ReduceMean(g.Cast(g.input('input_ids', 'int64', ['b', 'l']), 'float32'), [1], 1), 'logits');
    await expect(load('bert-fill', { model: encodeModel(g.model()) })).rejects.toThrow(
      'the output logits: expected [batch, length, vocabulary], got [b, 1]',
    );
  });

  it('where it reads what is not known, or one size only', async () => {
    const past = await altered('bert-fill', ({ inputs }) => {
      inputs.set('past_key_values.0.key', { type: 'float32', dims: ['batch', 4, 'past', 4] });
    });
    await expect(load('bert-fill', { model: past })).rejects.toThrow(UnsupportedError);
    await expect(load('bert-fill', { model: past })).rejects.toThrow(
      "the input 'past_key_values.0.key' is not known",
    );
    const fixed = await altered('bert-fill', ({ inputs }) => {
      inputs.set('input_ids', { type: 'int64', dims: [1, 128] });
    });
    await expect(load('bert-fill', { model: fixed })).rejects.toThrow(UnsupportedError);
    await expect(load('bert-fill', { model: fixed })).rejects.toThrow(/'input_ids': .* got int64 \[1, 128\]/);
  });

  it('where its vocabulary is not the tokenizer’s', async () => {
    const other = load('bert-fill', { 'config.json': (config) => ({ ...config, vocab_size: 400 }) });
    await expect(other).rejects.toThrow(CheckpointError);
    await expect(other).rejects.toThrow(/expected logits of 400 tokens, as \S+config.json says, got \d+/);
    // A token beyond the table is of no harm until a text has it.
    const larger = await load('bert-fill', {
      'tokenizer.json': (json) => {
        json.model.vocab.elephant = 999;
      },
    });
    expect(() => larger.encodePrompt('elephant')).toThrow(CheckpointError);
    expect(() => larger.encodePrompt('elephant')).toThrow('has id 999');
    await larger.dispose();
    const maskless = load('bert-fill', {
      // Of a BertTokenizer it would be [MASK], whatever is written.
      'tokenizer_config.json': ({ mask_token: _, ...json }) => ({
        ...json,
        tokenizer_class: 'PreTrainedTokenizerFast',
      }),
      'special_tokens_map.json': '{}',
    });
    await expect(maskless).rejects.toThrow('there is no mask token');
  });

  it('when it gives other logits than it says', async () => {
    const silent = await altered('bert-fill', (graph) => {
      graph.outputs.set('logits', { type: 'float32' });
    });
    const denoiser = await loadDenoiser(
      await exported('bert-fill', {
        model: silent,
        'config.json': (config) => ({ ...config, vocab_size: 400 }),
      }),
      { backend },
    );
    const { request } = await oracle('bert-fill');
    await expect(denoiser.logits(request)).rejects.toThrow(
      /expected logits of shape \[4, 400\], got \[4, 97\]/,
    );
    await expect(denoiser.logits({ ...request, length: 1 })).rejects.toThrow(InvalidArgumentError);
  });
});
