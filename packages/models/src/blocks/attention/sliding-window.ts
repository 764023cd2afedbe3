import { CheckpointError } from '@entrgi/core';
import type { ConfigReader } from '../../files/config-reader.js';

/** Which layers see only the tokens just before, and how many of them, the token itself included. */
export interface SlidingWindow {
  readonly width: number;
  readonly layers: readonly boolean[];
}

/** What a layer of these networks may be. */
export const attentionKinds = ['full_attention', 'sliding_attention'];

/**
 * As Qwen2 and Qwen3 write it: `use_sliding_window`, `sliding_window`, and `layer_types` or, without them,
 * `max_window_layers`, from which on layers slide. undefined where no layer slides, or the window is as long
 * as the longest sequence.
 */
export const readSlidingWindow = (
  config: ConfigReader,
  { layers, maxLength }: { readonly layers: number; readonly maxLength: number },
): SlidingWindow | undefined => {
  const used = config.flag('use_sliding_window', false);
  // Absent, it is 4096; null, there is none.
  const width =
    !used || config.raw('sliding_window') === null ? undefined : config.count('sliding_window', 4096);
  const sliding = layerTypes(config, layers)?.map((kind) => kind === 'sliding_attention');
  if (width === undefined) {
    if (sliding?.includes(true)) {
      throw new CheckpointError(
        `${config.file}: layer_types has sliding_attention, but ${used ? 'sliding_window is null' : 'use_sliding_window is false'}.`,
        {
          value: config.raw('layer_types'),
          hint: 'Say how wide the window is, or that all layers are full_attention.',
        },
      );
    }
    return undefined;
  }
  const first = config.number('max_window_layers', 28);
  const all = sliding ?? Array.from({ length: layers }, (_, i) => i >= first);
  return all.includes(true) && width < maxLength ? { width, layers: all } : undefined;
};

/** layer_types, checked; undefined where it is absent. */
export const layerTypes = (config: ConfigReader, layers: number): readonly string[] | undefined => {
  const types = config.raw('layer_types') ?? undefined;
  if (types === undefined) return undefined;
  if (Array.isArray(types) && types.length === layers && types.every((type) => attentionKinds.includes(type)))
    return types;
  throw new CheckpointError(
    `${config.file}: layer_types: expected ${layers} times one of ${attentionKinds.join(', ')}, got ${JSON.stringify(types)}.`,
    { value: types },
  );
};
