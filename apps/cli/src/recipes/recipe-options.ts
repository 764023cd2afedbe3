import { InvalidArgumentError } from '@entrgi/core';
import { type Recipe, recipes } from 'entrgi';
import type { GenerateOptions } from '../generate/options.js';

/** A recipe as the command line's own options. Throws InvalidArgumentError, which lists all, for one that there is not. */
export const recipeOptions = (name: string): Partial<GenerateOptions> => {
  const recipe = Object.entries<Recipe>(recipes).find(([other]) => other === name)?.[1];
  if (recipe === undefined) {
    throw new InvalidArgumentError(
      `recipe: expected one of ${Object.keys(recipes).join(', ')}, got '${name}'.`,
      { value: name, argument: 'recipe', hint: '`entrgi models` shows what they are.' },
    );
  }
  const { dtype, templateVariables, ...options } = recipe.options;
  const dtypes = typeof dtype === 'object' ? dtype : { denoiser: dtype, reward: dtype };
  return {
    ...(options as Partial<GenerateOptions>),
    ...(dtypes.denoiser === undefined ? {} : { denoiserDtype: dtypes.denoiser }),
    ...(dtypes.reward === undefined ? {} : { rewardDtype: dtypes.reward }),
    ...(templateVariables === undefined ? {} : { templateVariable: templateVariables }),
  };
};
