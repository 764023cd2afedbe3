import { denoiserDirectory, judgeDirectory } from '@entrgi/tiny-stories';
import type { EvaluationOptions } from './evaluation-options.js';

/** What a judge is made from: plain data, for worker processes. */
export interface JudgeSpec {
  readonly kind: 'classifier';
  readonly source: string;
}

/** The judge that is asked for; the embedded one where the embedded denoiser writes and nothing is said. */
export const judgeSpec = ({
  judge,
  denoiser,
}: Pick<EvaluationOptions, 'judge' | 'denoiser'>): JudgeSpec | undefined => {
  const isEmbedded = denoiser === undefined || denoiser === denoiserDirectory;
  const asked = judge ?? (isEmbedded ? 'embedded' : 'none');
  if (asked === 'none') return undefined;
  return { kind: 'classifier', source: asked === 'embedded' ? judgeDirectory : asked };
};
