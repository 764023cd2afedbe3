import type { Denoiser, KeptNetwork } from '@entrgi/core';

/** The part of a denoiser that computes. */
export type DenoiserNetwork = Pick<Denoiser, 'logits' | 'openBlock' | 'kept'>;

/** A network that counts the sequences that went through it, whole or a block of them. */
export interface CountedNetwork extends DenoiserNetwork {
  passes(): number;
}

export const countPasses = (denoiser: DenoiserNetwork): CountedNetwork => {
  let passes = 0;
  const count = (sequences: number) => {
    passes += sequences;
  };
  const counted: CountedNetwork = {
    passes: () => passes,
    logits(request) {
      count(request.batch);
      return denoiser.logits(request);
    },
    ...(denoiser.kept === undefined ? {} : { kept: countKept(denoiser.kept, count) }),
  };
  if (denoiser.openBlock === undefined) return counted;
  return {
    ...counted,
    async openBlock(request) {
      count(request.batch);
      const block = await denoiser.openBlock!(request);
      return {
        logits(within) {
          count(within.sequences.length);
          return block.logits(within);
        },
      };
    },
  };
};

const countKept = (kept: KeptNetwork, count: (sequences: number) => void): KeptNetwork => ({
  backend: kept.backend,
  logits(request) {
    count(request.batch);
    return kept.logits(request);
  },
});
