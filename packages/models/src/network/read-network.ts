import { UnsupportedError } from '@entrgi/core';
import * as architectures from '../architectures/index.js';
import { architectureName } from '../checkpoint/architecture-name.js';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import type { Architecture, ClassifierNetwork, DenoiserNetwork } from '../contracts/network.js';
import { networkSource } from '../files/network-source.js';

const known: Readonly<Record<string, Architecture>> = architectures;

/**
 * The network that config.json describes.
 * @throws UnsupportedError, listing the known ones, for another architecture
 */
export const readNetwork = ({ config }: Pick<Checkpoint, 'config'>): DenoiserNetwork | ClassifierNetwork => {
  const name = architectureName({ config });
  if (Object.hasOwn(known, name)) return known[name]!(config);
  throw new UnsupportedError(
    `${config.file}: architectures: expected one of ${Object.keys(known).join(', ')}, got ${name || 'none'}.`,
    {
      value: config.raw('architectures'),
      hint: `Any other can be loaded as an ONNX model in the layout of transformers.js; where there are safetensors too, name it as file. To ask for this one, name ${networkSource(config)}.`,
    },
  );
};
