import { UnsupportedError } from '@entrgi/core';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { readText } from '../files/json-file.js';

/**
 * Throws UnsupportedError where a checkpoint's name, config.json or model card says that it was trained by block diffusion (BD3LM): its tokens see
 * the blocks before theirs and their own, under the same architectures as those whose tokens see everything, and nothing else tells them apart.
 */
export const refuseBlockDiffusion = async ({
  name,
  directory,
  config,
  source,
}: Checkpoint): Promise<void> => {
  const told = ['architectures', 'model_type', '_name_or_path', 'objective', 'training_objective'];
  const places: readonly (readonly [string, string])[] = [
    ['its name', name],
    ...told.map((field) => [`config.json: ${field}`, JSON.stringify(config.raw(field)) ?? ''] as const),
    ['README.md', cardHead((await readText(source, 'README.md').catch(() => undefined)) ?? '')],
  ];
  const place = places.find(([, text]) => /bd3-?lm/i.test(text));
  if (place === undefined) return;
  throw new UnsupportedError(
    `${directory}: ${place[0]} says that it is a block diffusion model (BD3LM), whose tokens see only their block and those before it; that is not supported.`,
    {
      value: place[1],
      cure: 'Take the MDLM variant of the model, whose tokens see everything.',
    },
  );
};

/** The metadata and the title of a model card; what follows may speak of other models. */
const cardHead = (text: string): string =>
  [/^---\n[\s\S]*?\n---/.exec(text)?.[0], /^# .*$/m.exec(text)?.[0]].join('\n');
