import { type OptionNames, requireBoolean } from '@entrgi/core/internal';
import { type AttentionOptions, attentionOptionNames } from '../contracts/attention-options.js';
import { type FileOptions, fileOptionNames } from '../contracts/file-options.js';
import { type RuntimeOptions, runtimeOptionNames } from '../contracts/runtime-options.js';
import { type TemplateOptions, templateOptionNames } from '../contracts/template-options.js';
import { type HubOptions, hubOptionNames } from '../hub/hub-options.js';
import { type EndTokens, requireEndTokens } from '../vocabulary/end-tokens.js';
import { type WeightOptions, weightOptionNames } from '../weights/weight-options.js';

/**
 * Where a denoiser runs, which file it is, how it holds its weights, and where it comes from if it is on the
 * hub.
 */
export interface LoadDenoiserOptions
  extends RuntimeOptions,
    FileOptions,
    WeightOptions,
    HubOptions,
    TemplateOptions,
    AttentionOptions {
  /**
   * Also round activations to 8 bits in products with `q8` and `q4` weights: faster on processors with
   * instructions for it, and less exact. Not for rewards, whose gradient would be zero.
   * @default false
   */
  readonly int8Activations?: boolean | undefined;
  /**
   * Which tokens end a response, and so its text, are put off by `deprioritizeEos`, and hide what stands
   * behind them from a reward: every one that ends a turn, `turn`, or the tokenizer's eos_token alone, `eos`,
   * as in the authors' code.
   * @default `turn`
   */
  readonly endTokens?: EndTokens | undefined;
  /**
   * Leave logits on the device where a reward on the same backend guides them there, so that no more than a
   * few numbers for each masked position cross. The same results but for rounding; slower on the processor.
   * @default where the backend is a device
   */
  readonly fused?: boolean | undefined;
}

/** The options of loadDenoiser, by name. */
export const denoiserOptionNames: OptionNames<LoadDenoiserOptions> = {
  ...runtimeOptionNames,
  ...fileOptionNames,
  ...weightOptionNames,
  ...hubOptionNames,
  ...templateOptionNames,
  ...attentionOptionNames,
  int8Activations: requireBoolean,
  endTokens: requireEndTokens,
  fused: requireBoolean,
};
