import { nodeBackend } from '@entrgi/backend-node';
import { halfMasked } from '../half-masked.js';
import { openDenoiser } from '../open-models.js';
import { timed } from '../timed.js';
import type { ModelSpec, Workload } from '../workload.js';

export interface DenoiseSpec {
  readonly denoiser: ModelSpec;
  readonly threads: number;
  readonly prompt: string;
  readonly length: number;
  readonly trajectories: number;
}

/** The denoiser forward on responses of which every other token is masked, as in the middle of a generation. */
export const denoise = async (spec: DenoiseSpec): Promise<Workload> => {
  const backend = nodeBackend({ threads: spec.threads });
  const denoiser = await openDenoiser(spec.denoiser, backend);
  const prefix = denoiser.encodePrompt(spec.prompt);
  const request = halfMasked(prefix, spec, denoiser.vocabulary.maskId!);
  return {
    run: () => timed(() => denoiser.logits(request)),
    async outputs() {
      const logits = await denoiser.logits(request);
      return { firstLogits: [...logits.subarray(0, denoiser.vocabulary.size)] };
    },
    async dispose() {
      await denoiser.dispose();
      await backend.dispose();
    },
  };
};
