import type { Denoiser, Reward } from '@entrgi/core';
import { type OptionNames, requireName, requireReward, requireThat } from '@entrgi/core/internal';
import {
  type AttentionOptions,
  type HubOptions,
  type LoadDenoiserOptions,
  type RuntimeOptions,
  type TemplateOptions,
  type WeightDtype,
  type WeightOptions,
  weightDtypes,
} from '@entrgi/models';
import {
  attentionOptionNames,
  denoiserOptionNames,
  hubOptionNames,
  runtimeOptionNames,
  templateOptionNames,
  weightOptionNames,
} from '@entrgi/models/internal';
import type { LoadRewardOptions } from '@entrgi/rewards';
import { rewardOptionNames } from '@entrgi/rewards/internal';

/** How the weights of each model are held. */
export interface ModelDtypes {
  readonly denoiser?: WeightDtype | undefined;
  readonly reward?: WeightDtype | undefined;
}

/** Which models, and how those that are not objects yet are loaded. */
export interface ModelOptions
  extends HubOptions,
    TemplateOptions,
    AttentionOptions,
    Omit<WeightOptions, 'dtype'>,
    Pick<RuntimeOptions, 'threads'>,
    Pick<LoadDenoiserOptions, 'endTokens'>,
    Pick<LoadRewardOptions, 'label' | 'minimumCoverage' | 'onWarning'> {
  /**
   * A directory, an ONNX file, `owner/name` or `owner/name@REV` on the hub, or a denoiser of the caller's.
   * @default the embedded one
   */
  readonly denoiser?: string | Denoiser | undefined;
  /**
   * A directory, `owner/name` or `owner/name@REV` on the hub, or a reward of the caller's; methods that guide
   * need one with a gradient. Without a reward model: `confidence`, the denoiser's own, or `log-ratio:MODEL`,
   * how much likelier a text is to the denoiser than to the model that it was trained from.
   * @default the embedded one
   */
  readonly reward?: string | Reward | undefined;
  /**
   * Of both models, or of each.
   * @default `fp32`
   */
  readonly dtype?: WeightDtype | ModelDtypes | undefined;
}

/** Every model option, by name. */
export const modelOptionNames: OptionNames<ModelOptions> = {
  ...hubOptionNames,
  ...templateOptionNames,
  ...attentionOptionNames,
  ...weightOptionNames,
  denoiser(name, value) {
    if (typeof value !== 'string') requireDenoiser(name, value);
  },
  reward(name, value) {
    if (typeof value !== 'string') requireReward(name, value);
  },
  dtype(name, value) {
    if (typeof value !== 'object' || value === null) return requireName(name, value, weightDtypes);
    for (const [model, dtype] of Object.entries(value as ModelDtypes)) {
      requireName(name, model, ['denoiser', 'reward']);
      if (dtype !== undefined) requireName(`${name}.${model}`, dtype, weightDtypes);
    }
  },
  threads: runtimeOptionNames.threads,
  endTokens: denoiserOptionNames.endTokens,
  label: rewardOptionNames.label,
  minimumCoverage: rewardOptionNames.minimumCoverage,
  onWarning: rewardOptionNames.onWarning,
};

const requireDenoiser = (name: string, value: unknown): void => {
  const { logits } = (value ?? {}) as { readonly logits?: unknown };
  requireThat(name, value, 'a directory, an id on the hub, or a denoiser', typeof logits === 'function');
};
