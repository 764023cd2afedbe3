import { InvalidArgumentError } from '@entrgi/core';
import { judgeDirectory } from '@entrgi/tiny-stories';
import type { EndpointJudgeOptions } from './endpoint-judge.js';

/** What a judge is made from: plain data. */
export type JudgeSpec =
  | {
      readonly kind: 'classifier';
      readonly source: string;
      readonly label?: number | string | undefined;
    }
  | { readonly kind: 'endpoint'; readonly options: EndpointJudgeOptions };

/** Which judge is asked for. */
export interface JudgeChoice {
  /**
   * Rates what comes out and has no part in it: a classifier, named as models are; the address of a server
   * with OpenAI's chat completions; or `none`.
   * @default `embedded`, the judge of stories, where the embedded denoiser takes part, otherwise none
   */
  readonly judge?: string | undefined;
  /**
   * Of a classifier with several labels: the one whose score it is, by number or name.
   * @default the only one there is
   */
  readonly judgeLabel?: number | string | undefined;
  /** The model of such a server. */
  readonly judgeModel?: string | undefined;
  /** How such a server is asked. */
  readonly judgeOptions?: Omit<EndpointJudgeOptions, 'url' | 'model'> | undefined;
}

/**
 * The judge that is asked for, or the usual one where nothing is said.
 * @throws InvalidArgumentError
 */
export const judgeSpec = (
  { judge, judgeLabel, judgeModel, judgeOptions }: JudgeChoice,
  usual: 'embedded' | 'none' = 'none',
): JudgeSpec | undefined => {
  const asked = judge ?? usual;
  if (asked === 'none') return undefined;
  if (!/^https?:\/\//.test(asked))
    return {
      kind: 'classifier',
      source: asked === 'embedded' ? judgeDirectory : asked,
      ...(judgeLabel === undefined ? {} : { label: judgeLabel }),
    };
  if (judgeModel === undefined) {
    throw new InvalidArgumentError('judgeModel: expected the name of a model of the server, got none.', {
      value: judgeModel,
      argument: 'judgeModel',
    });
  }
  return { kind: 'endpoint', options: { ...judgeOptions, url: asked, model: judgeModel } };
};
