import type { Denoiser, OnWarning, Reward } from '@entrgi/core';
import {
  type OptionNames,
  requireFunction,
  requireName,
  requireReward,
  requireThat,
  requireWhole,
} from '@entrgi/core/internal';
import {
  type AttentionOptions,
  attentionOptionNames,
  type EndTokens,
  endTokens,
  type HubOptions,
  hubOptionNames,
  type TemplateOptions,
  templateOptionNames,
  type WeightDtype,
  type WeightOptions,
  weightDtypes,
  weightOptionNames,
} from '@entrgi/models';

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
    Omit<WeightOptions, 'dtype'> {
  /** A directory, `owner/name` or `owner/name@REV` on the hub, or a denoiser of the caller's. Default: the embedded one. */
  readonly denoiser?: string | Denoiser | undefined;
  /**
   * The same of the reward; methods that guide need one with a gradient. Without a reward model: `confidence`, the denoiser's own, or `log-ratio:MODEL`, how much likelier a text is to the denoiser
   * than to the model that it was trained from. Default: the embedded one.
   */
  readonly reward?: string | Reward | undefined;
  /** Of both models, or of each. Default: `fp32`. */
  readonly dtype?: WeightDtype | ModelDtypes | undefined;
  /** Label of the reward model that is the reward, by number or name. */
  readonly label?: number | string | undefined;
  /** Refuse to guide by a reward model with tokens for less of what the denoiser writes. Default: 0.5. */
  readonly minimumCoverage?: number | undefined;
  /** Which tokens end a response. Default: `turn`. */
  readonly endTokens?: EndTokens | undefined;
  /** Threads inside one operator. Default: one per physical core. */
  readonly threads?: number | undefined;
  /** Told of what works and is likely not what was meant. Default: a warning of the process. */
  readonly onWarning?: OnWarning | undefined;
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
  label: true,
  minimumCoverage: true,
  endTokens: (name, value) => requireName(name, value, endTokens),
  threads: (name, value) => requireWhole(name, value, 1),
  onWarning: (name, value) => requireFunction(name, value),
};

const requireDenoiser = (name: string, value: unknown): void => {
  const { logits } = (value ?? {}) as { readonly logits?: unknown };
  requireThat(name, value, 'a directory, an id on the hub, or a denoiser', typeof logits === 'function');
};
