import { type BlockAttention, InvalidArgumentError, UnsupportedError } from '@entrgi/core';
import { requireThat } from '@entrgi/core/internal';
import { architectureName } from '../checkpoint/architecture-name.js';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import type { AttentionOptions } from '../contracts/attention-options.js';
import type { DenoiserNetwork } from '../contracts/network.js';
import { readText } from '../files/json-file.js';

/**
 * How a checkpoint's tokens see each other: as the options say, or the family's config.json. undefined: every
 * token every other.
 * @throws UnsupportedError for attention that the family does not have, InvalidArgumentError for options that
 *   contradict each other, and where the checkpoint's name, config.json or card says that it was trained by
 *   block diffusion (BD3LM) and no option says more
 */
export const chooseBlockAttention = async (
  checkpoint: Checkpoint,
  { blockAttention: family }: Pick<DenoiserNetwork, 'blockAttention'>,
  { attention, blockLength }: AttentionOptions,
): Promise<BlockAttention | undefined> => {
  const { directory } = checkpoint;
  const trained = family?.blockLength;
  if (attention === 'everywhere' || (attention === undefined && trained === undefined)) {
    if (trained !== undefined) {
      throw new UnsupportedError(
        `${directory}: attention: expected 'block-causal', as config.json says, got 'everywhere'.`,
        { value: attention, argument: 'attention', hint: 'Leave the option out.' },
      );
    }
    requireThat(
      'blockLength',
      blockLength,
      "no length of blocks where attention is 'everywhere'",
      blockLength === undefined,
    );
    if (attention === undefined) await refuseUntold(checkpoint);
    return undefined;
  }
  if (family === undefined) {
    throw new UnsupportedError(
      `${directory}: attention: expected 'everywhere', got 'block-causal', which ${architectureName(checkpoint)} is not known to have.`,
      { value: attention, argument: 'attention', hint: 'Leave the option out.' },
    );
  }
  const length = blockLength ?? trained;
  if (length === undefined) {
    throw new InvalidArgumentError(
      `${directory}: blockLength: expected the length of the blocks that it was trained with beside attention 'block-causal', got none.`,
      { value: blockLength, argument: 'blockLength', hint: 'Its card says it; 32 is usual.' },
    );
  }
  return { countedFrom: family.countedFrom, blockLength: length };
};

/** Nothing else tells the two kinds of checkpoint apart, and the wrong attention gives text of a kind. */
const refuseUntold = async ({ name, directory, config, source }: Checkpoint): Promise<void> => {
  const told = ['architectures', 'model_type', '_name_or_path', 'objective', 'training_objective'];
  const places: readonly (readonly [string, string])[] = [
    ['its name', name],
    ...told.map((field) => [`config.json: ${field}`, JSON.stringify(config.raw(field)) ?? ''] as const),
    ['README.md', cardHead((await readText(source, 'README.md').catch(() => undefined)) ?? '')],
  ];
  const place = places.find(([, text]) => /bd3-?lm/i.test(text));
  if (place === undefined) return;
  throw new InvalidArgumentError(
    `${directory}: ${place[0]} says that it was trained by block diffusion (BD3LM), its tokens seeing only their block and those before it, but not how long a block is.`,
    {
      value: place[1],
      argument: 'attention',
      hint: "Say attention: 'block-causal' and blockLength: 32 (or what its card says), or attention: 'everywhere' if it is not.",
    },
  );
};

/** The metadata and the title of a model card; what follows may speak of other models. */
const cardHead = (text: string): string =>
  [/^---\n[\s\S]*?\n---/.exec(text)?.[0], /^# .*$/m.exec(text)?.[0]].join('\n');
