import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Attention } from '@entrgi/models';
import { rewardDirectory } from '@entrgi/tiny-stories';
import { rewardCheckpoint } from '../checkpoints/models.js';
import { writeRandomCheckpoint } from '../checkpoints/random-checkpoint.js';
import { a2dShape, llada2MiniShape, type Shape, sdarShape, skyworkShape } from '../checkpoints/shapes.js';

/** A block model of a true shape. */
export interface BlockModel {
  readonly shape: (layers?: number) => Shape;
  readonly blockLength: number;
  /** What loadDenoiser has to be told. */
  readonly attention?: Attention;
  /** Weights of a layer but the first that a token goes through, and of all of its experts. */
  readonly active: { readonly layer: number; readonly first: number; readonly head: number };
  readonly experts?: { readonly count: number; readonly chosen: number; readonly weights: number };
}

const sdarLayer = 2048 * (2 * 2048 + 2 * 1024 + 3 * 6144);
const a2dLayer = 1024 * (2 * 2048 + 2 * 1024 + 3 * 3072);
const lladaAttention = 2048 * (2048 + 1024 + 2048);

export const blockModels = {
  '0.6b': {
    shape: (layers) => a2dShape({ layers }),
    blockLength: 32,
    attention: 'block-causal',
    active: { layer: a2dLayer, first: a2dLayer, head: 1024 * 151_936 },
  },
  'sdar-1.7b': {
    shape: (layers) => sdarShape({ layers }),
    blockLength: 4,
    active: { layer: sdarLayer, first: sdarLayer, head: 2048 * 151_936 },
  },
  'llada2-mini': {
    shape: (layers) => llada2MiniShape({ layers }),
    blockLength: 32,
    active: {
      // The router, a shared expert and eight chosen ones.
      layer: lladaAttention + 256 * 2048 + 9 * 3 * 2048 * 512,
      first: lladaAttention + 3 * 2048 * 5120,
      head: 2048 * 157_184,
    },
    experts: { count: 256, chosen: 8, weights: 3 * 2048 * 512 },
  },
} as const satisfies Record<string, BlockModel>;

export type BlockModelName = keyof typeof blockModels;

/** Layers of a model, where not so many are asked for all of them. */
export const layersOf = (name: BlockModelName, layers?: number): number =>
  layers ?? Number(blockModels[name].shape(undefined).config.num_hidden_layers);

/** Directory of a checkpoint with random weights, by default all its layers. Makes it if need be. */
export const blockCheckpoint = (name: BlockModelName, layers: number | undefined, cache: string): string => {
  // The denoiser that the other benchmarks take.
  const whole = name === '0.6b' ? 'a2d-0.6b' : name;
  const directory = join(cache, layers === undefined ? whole : `${whole}-${layers}-layers`);
  writeRandomCheckpoint(directory, blockModels[name].shape(layers), rewardDirectory);
  return directory;
};

/** The reward that guides, of as many layers where not all. */
export const blockReward = (layers: number | undefined, cache: string): string => {
  if (layers === undefined) return rewardCheckpoint('0.6b', cache)!;
  const directory = join(cache, `skywork-0.6b-${layers}-layers`);
  writeRandomCheckpoint(directory, skyworkShape({ layers }), rewardDirectory);
  return directory;
};

/**
 * The same weights as those of a model whose tokens see everything, under links: those of SDAR are called as
 * those of a Qwen3 that the dllm toolkit turned into a denoiser.
 */
export const canvasCheckpoint = (blocks: string): string => {
  const directory = `${blocks}-canvas`;
  mkdirSync(directory, { recursive: true });
  const { block_size: _, ...config } = JSON.parse(readFileSync(join(blocks, 'config.json'), 'utf8'));
  const own = { ...config, architectures: ['A2DQwen3LMHeadModel'], model_type: 'a2d-qwen3' };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(own, null, 2));
  const [from, to] = [blocks, directory].map((path) => basename(path)) as [string, string];
  for (const file of readdirSync(blocks)) {
    // What is made of the weights begins with the checkpoint's name, and is the same.
    const link = join(directory, file.startsWith(`${from}-`) ? file.replace(from, to) : file);
    const isOwn = file === 'config.json' || file.endsWith('.partial');
    if (!isOwn && !existsSync(link)) linkSync(join(blocks, file), link);
  }
  return directory;
};
