import { UnsupportedError } from '@entrgi/core';
import * as architectures from '../architectures/index.js';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import type { Architecture, ClassifierNetwork, DenoiserNetwork } from '../contracts/network.js';

const known: Readonly<Record<string, Architecture>> = architectures;

/** The network that config.json describes. Throws UnsupportedError, listing the known ones, for another architecture. */
export const readNetwork = ({ config }: Pick<Checkpoint, 'config'>): DenoiserNetwork | ClassifierNetwork => {
  const name = architectureName({ config });
  if (Object.hasOwn(known, name)) return known[name]!(config);
  throw new UnsupportedError(
    `${config.file}: architectures: expected one of ${Object.keys(known).join(', ')}, got ${name || 'none'}.`,
    {
      value: config.raw('architectures'),
      cure: 'Any other can be loaded as an ONNX model in the layout of transformers.js (loadDenoiser, onnxReward).',
    },
  );
};

/** The first of `architectures` in config.json; '' where there is none. */
export const architectureName = ({ config }: Pick<Checkpoint, 'config'>): string => {
  const named: unknown = config.raw('architectures');
  const first: unknown = Array.isArray(named) ? named[0] : undefined;
  return typeof first === 'string' ? first : '';
};
