import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { denoiserDirectory, judgeDirectory, moodDirectory, openings, rewardDirectory } from './index.js';

type Config = Record<string, number | string | boolean | null | readonly string[]>;
type Entry = { dtype: string; shape: number[]; data_offsets: [number, number] };

const readJson = <T>(directory: string, file: string): T =>
  JSON.parse(readFileSync(join(directory, file), 'utf8')) as T;

/** The safetensors header, read by hand: eight bytes of length, then JSON. */
function readHeader(directory: string): { tensors: Map<string, Entry>; dataSize: number } {
  const bytes = readFileSync(join(directory, 'model.safetensors'));
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, Entry>;
  delete header.__metadata__;
  return { tensors: new Map(Object.entries(header)), dataSize: bytes.length - 8 - length };
}

type Kind = 'denoiser' | 'reward' | 'judge';

/** The tensors that BERT's configuration promises. */
function bertShapes(number: (name: string) => number): Map<string, number[]> {
  const hidden = number('hidden_size');
  const inner = number('intermediate_size');
  const shapes = new Map<string, number[]>();
  const dense = (name: string, rows: number, columns: number) => {
    shapes.set(`${name}.weight`, [rows, columns]);
    shapes.set(`${name}.bias`, [rows]);
  };
  const norm = (name: string) => {
    shapes.set(`${name}.LayerNorm.weight`, [hidden]);
    shapes.set(`${name}.LayerNorm.bias`, [hidden]);
  };
  for (const [name, rows] of [
    ['word', number('vocab_size')],
    ['position', number('max_position_embeddings')],
    ['token_type', number('type_vocab_size')],
  ] as const) {
    shapes.set(`bert.embeddings.${name}_embeddings.weight`, [rows, hidden]);
  }
  norm('bert.embeddings');
  for (let layer = 0; layer < number('num_hidden_layers'); layer++) {
    const at = `bert.encoder.layer.${layer}`;
    for (const name of ['query', 'key', 'value']) dense(`${at}.attention.self.${name}`, hidden, hidden);
    dense(`${at}.attention.output.dense`, hidden, hidden);
    norm(`${at}.attention.output`);
    dense(`${at}.intermediate.dense`, inner, hidden);
    dense(`${at}.output.dense`, hidden, inner);
    norm(`${at}.output`);
  }
  dense('bert.pooler.dense', hidden, hidden);
  dense('classifier', 1, hidden);
  return shapes;
}

/** The tensors that a configuration promises. */
function expectedShapes(config: Config, kind: Kind): Map<string, number[]> {
  const number = (name: string) => config[name] as number;
  if (kind === 'judge') return bertShapes(number);
  const hidden = number('hidden_size');
  const inner = number('intermediate_size');
  const head = (config.head_dim as number | undefined) ?? hidden / number('num_attention_heads');
  const query = head * number('num_attention_heads');
  const key = head * number('num_key_value_heads');
  const shapes = new Map([
    ['model.embed_tokens.weight', [number('vocab_size'), hidden]],
    ['model.norm.weight', [hidden]],
  ]);
  if (kind === 'reward') shapes.set('score.weight', [1, hidden]);
  for (let layer = 0; layer < number('num_hidden_layers'); layer++) {
    const at = (name: string, ...shape: number[]) => shapes.set(`model.layers.${layer}.${name}`, shape);
    at('input_layernorm.weight', hidden);
    at('post_attention_layernorm.weight', hidden);
    at('self_attn.q_proj.weight', query, hidden);
    at('self_attn.k_proj.weight', key, hidden);
    at('self_attn.v_proj.weight', key, hidden);
    at('self_attn.o_proj.weight', hidden, query);
    at('mlp.gate_proj.weight', inner, hidden);
    at('mlp.up_proj.weight', inner, hidden);
    at('mlp.down_proj.weight', hidden, inner);
    if (kind === 'reward') {
      at('self_attn.q_norm.weight', head);
      at('self_attn.k_norm.weight', head);
    } else {
      at('self_attn.q_proj.bias', query);
      at('self_attn.k_proj.bias', key);
      at('self_attn.v_proj.bias', key);
    }
  }
  return shapes;
}

const WIDTHS: Record<string, number> = { BF16: 2, F32: 4 };
const STORED: Record<string, string> = { bfloat16: 'BF16', float32: 'F32' };
const SPECIALS = ['<|im_start|>', '<|im_end|>', '<|endoftext|>', '<|mask|>'];
const JUDGES_SPECIALS = ['[CLS]', '[MASK]', '[PAD]', '[SEP]', '[UNK]'];

describe.each([
  ['denoiser', denoiserDirectory, 'DreamModel', 'Dream', 'denoiser'],
  ['reward', rewardDirectory, 'Qwen3ForSequenceClassification', 'qwen3', 'reward'],
  ['mood reward', moodDirectory, 'Qwen3ForSequenceClassification', 'qwen3', 'reward'],
  ['judge', judgeDirectory, 'BertForSequenceClassification', 'bert', 'judge'],
] as const)('the %s', (_, directory, architecture, type, kind) => {
  const config = readJson<Config>(directory, 'config.json');

  it('names its architecture', () => {
    expect(config.architectures).toEqual([architecture]);
    expect(config.model_type).toBe(type);
  });

  it('holds exactly the tensors its configuration promises', () => {
    const { tensors } = readHeader(directory);
    const shapes = Object.fromEntries([...tensors].map(([name, entry]) => [name, entry.shape]));
    expect(shapes).toEqual(Object.fromEntries(expectedShapes(config, kind)));
    const types = new Set([...tensors.values()].map((entry) => entry.dtype));
    expect([...types]).toEqual([STORED[config.torch_dtype as string]]);
  });

  it('stores every byte of them, without gaps', () => {
    const { tensors, dataSize } = readHeader(directory);
    let end = 0;
    const entries = [...tensors.values()].sort((a, b) => a.data_offsets[0] - b.data_offsets[0]);
    for (const { dtype, shape, data_offsets } of entries) {
      expect(data_offsets[0]).toBe(end);
      end = data_offsets[1];
      expect(end - data_offsets[0]).toBe(shape.reduce((a, b) => a * b, 1) * WIDTHS[dtype]!);
    }
    expect(end).toBe(dataSize);
  });

  it('holds finite weights that training has moved', () => {
    const { tensors, dataSize } = readHeader(directory);
    const bytes = readFileSync(join(directory, 'model.safetensors'));
    const data = bytes.subarray(bytes.length - dataSize);
    const name = kind === 'judge' ? 'bert.embeddings.LayerNorm.weight' : 'model.norm.weight';
    const { dtype, data_offsets } = tensors.get(name)!;
    const width = WIDTHS[dtype]!;
    const values: number[] = [];
    for (let at = data_offsets[0]; at < data_offsets[1]; at += width) {
      // A bfloat16 is the upper half of a float32.
      const bits = width === 2 ? data.readUInt16LE(at) << 16 : data.readInt32LE(at);
      values.push(new Float32Array(Int32Array.of(bits).buffer)[0]!);
    }
    expect(values.every(Number.isFinite)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(8);
  });

  it('numbers its tokens below vocab_size, the special ones among them', () => {
    const tokenizer = readJson<{
      model: { vocab: Record<string, number>; merges: unknown[] };
      added_tokens: { id: number; content: string; special: boolean }[];
    }>(directory, 'tokenizer.json');
    const special = new Map(tokenizer.added_tokens.map((token) => [token.content, token]));
    const ids = [...Object.values(tokenizer.model.vocab), ...tokenizer.added_tokens.map((token) => token.id)];
    expect(new Set(ids)).toEqual(new Set(Array.from({ length: config.vocab_size as number }, (_, id) => id)));
    expect([...special.keys()].sort()).toEqual(kind === 'judge' ? JUDGES_SPECIALS : [...SPECIALS].sort());
    expect(tokenizer.added_tokens.every((token) => token.special)).toBe(true);
    expect(config.pad_token_id).toBe(special.get(kind === 'judge' ? '[PAD]' : '<|endoftext|>')!.id);
    if (kind === 'denoiser') {
      expect(config.mask_token_id).toBe(special.get('<|mask|>')!.id);
      const { eos_token_id } = readJson<{ eos_token_id: number[] }>(directory, 'generation_config.json');
      expect(eos_token_id).toEqual([special.get('<|im_end|>')!.id, special.get('<|endoftext|>')!.id]);
    }
  });

  it(kind === 'judge' ? 'needs no chat template' : 'brings a chat template', () => {
    const { chat_template } = readJson<{ chat_template?: string }>(directory, 'tokenizer_config.json');
    if (kind === 'judge') expect(chat_template).toBeUndefined();
    else expect(chat_template).toContain("'<|im_start|>assistant\\n'");
  });
});

describe('all models', () => {
  it('share one tokenizer, but for the judge', () => {
    for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
      const [one, ...others] = [denoiserDirectory, rewardDirectory, moodDirectory].map((folder) =>
        readFileSync(join(folder, file)),
      );
      for (const other of others) expect(one!.equals(other)).toBe(true);
    }
  });

  it('stay small', () => {
    const sizes = [denoiserDirectory, rewardDirectory, moodDirectory, judgeDirectory].map(
      (folder) => statSync(join(folder, 'model.safetensors')).size,
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(20e6);
  });
});

describe('openings', () => {
  it('are 64 different beginnings without stray spaces', () => {
    expect(openings).toHaveLength(64);
    expect(new Set(openings).size).toBe(64);
    for (const opening of openings) {
      expect(opening).toBe(opening.trim());
      expect(opening).toMatch(/^[A-Z].{30,160}[.?"]$/);
    }
  });
});
