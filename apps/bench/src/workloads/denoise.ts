import { nodeBackend } from '@entrgi/backend-node';
import { halfMasked } from '../inputs/half-masked.js';
import { openDenoiser } from '../inputs/open-models.js';
import { timed } from '../measure/timed.js';
import type { ModelSpec, Workload } from '../work/workload.js';

export interface DenoiseSpec {
  readonly denoiser: ModelSpec;
  readonly threads: number;
  readonly prompt: string;
  readonly length: number;
  readonly trajectories: number;
  /** Where logits are asked for: at the masked tokens of the responses, or at all tokens, the prompts' too. */
  readonly logitsAt: 'masks' | 'all';
}

/** The denoiser forward on responses of which every other token is masked, as in the middle of a generation. */
export const denoise = async (spec: DenoiseSpec): Promise<Workload> => {
  const backend = nodeBackend({ threads: spec.threads });
  const denoiser = await openDenoiser(spec.denoiser, backend);
  const prefix = denoiser.encodePrompt(spec.prompt);
  const { size, maskId } = denoiser.vocabulary;
  const masked = halfMasked(prefix, spec, maskId!);
  const all = { ...masked, positions: Int32Array.from(masked.tokenIds.keys()) };
  const request = spec.logitsAt === 'all' ? all : masked;
  const firstMask = request.positions.indexOf(masked.positions[0]!);
  return {
    run: () => timed(() => denoiser.logits(request)),
    async outputs() {
      const logits = await denoiser.logits(request);
      return { firstLogits: [...logits.subarray(firstMask * size, (firstMask + 1) * size)] };
    },
    async dispose() {
      await denoiser.dispose();
      await backend.dispose();
    },
  };
};
