import { InvalidArgumentError } from '@entrgi/core';
import { denoiserDirectory, judgeDirectory } from '@entrgi/tiny-stories';
import type { EndpointJudgeOptions } from '../judges/endpoint-judge.js';
import type { EvaluationOptions } from './evaluation-options.js';

/** What a judge is made from: plain data. */
export type JudgeSpec =
  | { readonly kind: 'classifier'; readonly source: string }
  | { readonly kind: 'endpoint'; readonly options: EndpointJudgeOptions };

/** The judge that is asked for; the embedded one where the embedded denoiser writes and nothing is said. Throws InvalidArgumentError. */
export const judgeSpec = ({
  judge,
  judgeModel,
  judgeOptions,
  denoiser,
}: Pick<EvaluationOptions, 'judge' | 'judgeModel' | 'judgeOptions' | 'denoiser'>): JudgeSpec | undefined => {
  const isEmbedded = denoiser === undefined || denoiser === denoiserDirectory;
  const asked = judge ?? (isEmbedded ? 'embedded' : 'none');
  if (asked === 'none') return undefined;
  if (!/^https?:\/\//.test(asked))
    return { kind: 'classifier', source: asked === 'embedded' ? judgeDirectory : asked };
  if (judgeModel === undefined) {
    throw new InvalidArgumentError('judgeModel: expected the name of a model of the server, got none.', {
      value: judgeModel,
      argument: 'judgeModel',
    });
  }
  return { kind: 'endpoint', options: { ...judgeOptions, url: asked, model: judgeModel } };
};
