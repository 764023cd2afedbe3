import type { Remasking } from '@entrgi/core';
import { requireName } from '@entrgi/core/internal';
import { type Preset, preset, remaskings, type SampleOptions } from '@entrgi/samplers';
import type { Settings } from './settings.js';

/**
 * Settings as `sample` takes them.
 * @throws InvalidArgumentError for a name that there is not, and what filters and remaskings refuse
 */
export const samplingOf = (settings: Settings): Preset['sample'] & Partial<SampleOptions> => {
  const { vocabularyTolerance, response, confidenceThreshold, editThreshold, cacheBlocks } = settings;
  const { entropyBound, guidanceEvery, guidanceFrom, guidanceUntil } = settings;
  return {
    ...preset(settings).sample,
    vocabularyTolerance,
    response,
    confidenceThreshold,
    editThreshold,
    cacheBlocks,
    entropyBound,
    guidanceEvery,
    guidanceFrom,
    guidanceUntil,
    remasking: remaskingOf(settings),
  };
};

/** A few of all tokens in each step; all that is possible of `conf`, as in its code. */
const shares = { cap: 0.02, rescale: 0.05, conf: 1 } as const;

const remaskingOf = ({ remasking: name, remaskingShare }: Settings): Remasking | undefined => {
  if (name === undefined) return undefined;
  requireName('remasking', name, Object.keys(remaskings));
  return remaskings[name](remaskingShare ?? shares[name]);
};
