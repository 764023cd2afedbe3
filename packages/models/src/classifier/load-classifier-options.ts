import type { OptionNames } from '@entrgi/core/internal';
import { type FileOptions, fileOptionNames } from '../contracts/file-options.js';
import { type TemplateOptions, templateOptionNames } from '../contracts/template-options.js';
import { type HubOptions, hubOptionNames } from '../hub/hub-options.js';
import { requireLabel } from '../network/choose-label.js';
import { requireLabelWeights } from '../network/label-weights.js';
import { type WeightOptions, weightOptionNames } from '../weights/weight-options.js';

/**
 * Which file a classifier is, which label is the reward, how the weights are held, and where they come from
 * if they are on the hub.
 */
export interface LoadClassifierOptions extends FileOptions, WeightOptions, HubOptions, TemplateOptions {
  /**
   * Label that is the reward, by number or name.
   * @default 0 where there is one label, or none has a name of its own
   */
  readonly label?: number | string | undefined;
  /**
   * Of heads with several attributes: the reward is the sum of their labels' scores by these weights, instead
   * of one of them. Of safetensors only.
   */
  readonly labelWeights?: Readonly<Record<string, number>> | undefined;
}

/** The options of loadClassifier, by name. */
export const classifierOptionNames: OptionNames<LoadClassifierOptions> = {
  ...fileOptionNames,
  ...weightOptionNames,
  ...hubOptionNames,
  ...templateOptionNames,
  label: requireLabel,
  labelWeights: requireLabelWeights,
};
