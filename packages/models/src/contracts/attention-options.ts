import { type OptionNames, requireName, requireWhole } from '@entrgi/core/internal';

/** Which tokens see which: all of them all, or none those of a later block. */
export type Attention = 'everywhere' | 'block-causal';

/** Every way in which a denoiser's tokens may see each other, as the option `attention` takes it. */
export const attentions: readonly Attention[] = ['everywhere', 'block-causal'];

/** What a denoiser's tokens see, where its config.json does not say so. */
export interface AttentionOptions {
  /**
   * How the checkpoint was trained to look, where its config.json cannot say so (A2D: MDLM or BD3LM).
   * @default as config.json says, else `everywhere`
   */
  readonly attention?: Attention | undefined;
  /**
   * Tokens of a block, of a denoiser whose attention is `block-causal`.
   * @default as config.json says
   */
  readonly blockLength?: number | undefined;
}

export const attentionOptionNames: OptionNames<AttentionOptions> = {
  attention: (name, value) => requireName(name, value, attentions),
  blockLength: (name, value) => requireWhole(name, value, 1),
};
