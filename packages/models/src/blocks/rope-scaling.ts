import { UnsupportedError } from '@entrgi/core';
import type { ConfigReader } from '../config-reader.js';

/** θ of rotary position embedding, and what is done to each of its frequencies (radians per position). */
export interface Rope {
  readonly ropeTheta: number;
  readonly rescale?: ((frequency: number) => number) | undefined;
}

/** Reads rope_parameters, as transformers 5 writes it, or rope_theta and rope_scaling, as its predecessors do. Llama 3's scaling or none. */
export const readRope = (config: ConfigReader): Rope => {
  const inOne = (config.raw('rope_parameters') ?? undefined) !== undefined;
  const field = inOne ? 'rope_parameters' : 'rope_scaling';
  if ((config.raw(field) ?? undefined) === undefined) return { ropeTheta: readTheta(config) };
  const scaling = config.nested(field);
  const ropeTheta = inOne ? scaling.positive('rope_theta') : readTheta(config);
  const type = scaling.raw('rope_type') ?? scaling.raw('type') ?? 'default';
  if (type === 'default') return { ropeTheta };
  if (type === 'llama3') return { ropeTheta, rescale: llama3(scaling) };
  throw new UnsupportedError(
    `${config.file}: ${field}: rope_type: expected "default" or "llama3", got ${JSON.stringify(type)}.`,
    { value: type, cure: 'This variant of the architecture is not supported.' },
  );
};

const readTheta = (config: ConfigReader): number => config.positive('rope_theta', 10_000);

/**
 * Frequencies of long waves are divided by `factor`, those of short ones kept, those between blended linearly in original length / wavelength.
 * Source: Llama 3.1's reference code; rope_type "llama3" in transformers.
 */
const llama3 = (config: ConfigReader): ((frequency: number) => number) => {
  const factor = config.positive('factor');
  const low = config.positive('low_freq_factor');
  const high = config.positive('high_freq_factor');
  const original = config.count('original_max_position_embeddings');
  return (frequency) => {
    const turns = (original * frequency) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return frequency * (kept + (1 - kept) / factor);
  };
};
