import { CheckpointError, UnsupportedError } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { RopeSettings } from './rope-settings.js';

/** Rotary position embedding of a network: how fast each pair of a head's numbers turns. */
export interface Rope {
  /** Radians per position, one for each pair. */
  readonly frequencies: readonly number[];
  /** What turned queries and keys are multiplied by. */
  readonly amplitude: number;
  /**
   * Sequences of more tokens turn at other frequencies, all their positions: float32 [1, pairs] for the
   * number of tokens, float32 [1].
   */
  readonly longer?: { readonly than: number; frequencies(g: GraphBuilder, tokens: Value): Value } | undefined;
  /** Tokens that the network is made for: more than max_position_embeddings where the type stretches that. */
  readonly maxLength: number;
}

/** What a type is told besides its own fields. */
interface Sizes {
  /** Numbers of a head. */
  readonly headWidth: number;
  /** max_position_embeddings of the config. */
  readonly maxLength: number;
}

type RopeType = (settings: RopeSettings, sizes: Sizes) => Rope;

/** θ^(−2i/headWidth) for each pair i, turned by position. */
export const plainRope = (theta: number, { headWidth, maxLength }: Sizes): Rope => ({
  frequencies: Array.from({ length: headWidth / 2 }, (_, i) => theta ** ((-2 * i) / headWidth)),
  amplitude: 1,
  maxLength,
});

/**
 * The rotary embedding that the settings describe.
 * @throws UnsupportedError, listing the known types, for another; CheckpointError for a field outside its
 *   domain
 */
export const readRope = (settings: RopeSettings, sizes: Sizes): Rope => {
  const { type, fields, partial } = settings;
  if (!Object.hasOwn(types, type)) {
    throw new UnsupportedError(
      `${fields.file}: rope_type: expected one of ${Object.keys(types).join(', ')}, got ${JSON.stringify(type)}.`,
      { value: type, hint: 'This variant of the architecture is not supported.' },
    );
  }
  // The default type takes no notice of it, and transformers cannot run the others with it.
  if (partial !== 1 && type !== 'default' && type !== 'proportional') {
    throw new UnsupportedError(
      `${fields.file}: partial_rotary_factor: expected 1 for rope_type "${type}", got ${partial}.`,
      { value: partial, hint: 'This variant of the architecture is not supported.' },
    );
  }
  return types[type]!(settings, sizes);
};

/** Positions closer together by a factor. */
const linear: RopeType = ({ theta, fields }, sizes) => {
  const rope = plainRope(theta, sizes);
  const factor = fields.positive('factor');
  return {
    ...rope,
    frequencies: rope.frequencies.map((frequency) => frequency / factor),
    maxLength: stretched(sizes.maxLength, factor),
  };
};

/**
 * Beyond the length of training, θ grows with the number of tokens n: by (factor · n / maxLength − (factor −
 * 1)) ^ (headWidth / (headWidth − 2)). Source: "NTK-aware scaled RoPE"; rope_type "dynamic" in transformers.
 */
const dynamic: RopeType = ({ theta, fields }, sizes) => {
  const rope = plainRope(theta, sizes);
  const factor = fields.positive('factor');
  const { headWidth, maxLength } = sizes;
  if (headWidth <= 2) {
    throw new CheckpointError(
      `${fields.file}: rope_type "dynamic": expected heads of more than 2, got ${headWidth}.`,
    );
  }
  return {
    ...rope,
    maxLength: stretched(maxLength, factor),
    longer: {
      than: maxLength,
      frequencies(g, tokens) {
        const number = (value: number) => g.scalar(value, 'float32');
        const grown = g.Sub(g.Mul(tokens, number(factor / maxLength)), number(factor - 1));
        const powers = Float32Array.from(rope.frequencies, (_, i) => (-2 * i) / (headWidth - 2));
        return g.Mul(float32s(g, rope.frequencies), g.Pow(grown, float32s(g, powers)));
      },
    },
  };
};

/**
 * Frequencies of long waves are divided by `factor`, those of short ones kept, those between blended by their
 * index. Source: Peng et al., "YaRN" (arXiv 2309.00071); rope_type "yarn" in transformers.
 */
const yarn: RopeType = ({ theta, fields, original }, sizes) => {
  const { headWidth, maxLength } = sizes;
  const factor = factorOf({ fields, original, maxLength });
  const mscale = fields.number('mscale', 0);
  const mscaleAll = fields.number('mscale_all_dim', 0);
  const growth = (scale: number) => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  const usual = mscale !== 0 && mscaleAll !== 0 ? growth(mscale) / growth(mscaleAll) : growth(1);
  /** The pair that turns so many times over the length of training. */
  const pairOf = (turns: number) =>
    (headWidth * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const whole = fields.flag('truncate', true);
  const fast = pairOf(fields.number('beta_fast', 0) || 32);
  const slow = pairOf(fields.number('beta_slow', 0) || 1);
  const first = Math.max(whole ? Math.floor(fast) : fast, 0);
  const last = Math.min(whole ? Math.ceil(slow) : slow, headWidth - 1);
  const width = first === last ? 0.001 : last - first;
  return {
    frequencies: plainRope(theta, sizes).frequencies.map((frequency, i) => {
      const divided = Math.min(1, Math.max(0, (i - first) / width));
      return (frequency / factor) * divided + frequency * (1 - divided);
    }),
    amplitude: fields.number('attention_factor', usual),
    maxLength: Math.max(maxLength, stretched(original, factor)),
  };
};

/**
 * Each frequency has a divisor of its own, and another one in sequences longer than those of training.
 * Source: Ding et al., "LongRoPE" (arXiv 2402.13753); rope_type "longrope" in transformers.
 */
const longrope: RopeType = ({ theta, fields, original }, sizes) => {
  const { maxLength } = sizes;
  const rope = plainRope(theta, sizes);
  const divided = (field: string) => {
    const divisors = fields.numbers(field, rope.frequencies.length);
    return rope.frequencies.map((frequency, i) => frequency / divisors[i]!);
  };
  const factor =
    (fields.raw('factor') ?? undefined) === undefined ? maxLength / original : fields.positive('factor');
  const usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  const long = divided('long_factor');
  return {
    frequencies: divided('short_factor'),
    amplitude: fields.number('attention_factor', usual),
    maxLength: Math.max(maxLength, stretched(original, factor)),
    longer: { than: original, frequencies: (g) => float32s(g, long) },
  };
};

/**
 * Frequencies of long waves are divided by `factor`, those of short ones kept, those between blended linearly
 * in original length / wavelength. Source: Llama 3.1's reference code; rope_type "llama3" in transformers.
 */
const llama3: RopeType = ({ theta, fields, original }, sizes) => {
  const factor = fields.positive('factor');
  const low = fields.positive('low_freq_factor');
  const high = fields.positive('high_freq_factor');
  return {
    ...plainRope(theta, sizes),
    frequencies: plainRope(theta, sizes).frequencies.map((frequency) => {
      const turns = (original * frequency) / (2 * Math.PI);
      if (turns < low) return frequency / factor;
      if (turns > high) return frequency;
      const kept = (turns - low) / (high - low);
      return frequency * (kept + (1 - kept) / factor);
    }),
    maxLength: Math.max(sizes.maxLength, stretched(original, factor)),
  };
};

/** Only some of the pairs turn, at the frequencies that they have where all do. */
const proportional: RopeType = ({ theta, fields, partial }, sizes) => {
  const rope = plainRope(theta, sizes);
  const factor = fields.positive('factor', 1);
  const turning = Math.floor((partial * sizes.headWidth) / 2);
  return {
    ...rope,
    frequencies: rope.frequencies.map((frequency, i) => (i < turning ? frequency / factor : 0)),
  };
};

const types: Readonly<Record<string, RopeType>> = {
  default: ({ theta }, sizes) => plainRope(theta, sizes),
  linear,
  dynamic,
  yarn,
  longrope,
  llama3,
  proportional,
};

/** YaRN's factor must be there, but may be null: what the lengths say. */
const factorOf = ({
  fields,
  original,
  maxLength,
}: Pick<RopeSettings, 'fields' | 'original'> & { readonly maxLength: number }): number =>
  fields.raw('factor') === null ? maxLength / original : fields.positive('factor');

const stretched = (length: number, factor: number): number =>
  Math.min(Math.max(length, Math.floor(length * factor)), 2 ** 31 - 1);

const float32s = (g: GraphBuilder, numbers: ArrayLike<number>): Value =>
  g.constant({ type: 'float32', dims: [1, numbers.length], data: Float32Array.from(numbers) });
