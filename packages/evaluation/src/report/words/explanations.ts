import type { TemperatureSummary } from '../summary/summary.js';

/** What the errors of a table are, in words. */
export const errorText = ({ errorOver, methods }: TemperatureSummary): string => {
  const isCompared = methods.some(({ differences }) => differences.length > 0);
  const means =
    errorOver === 'seeds'
      ? 'Mean ± standard error over seeds, as in the published tables: what other random numbers would move, on the same prompts.'
      : 'Mean ± standard error over prompts.';
  const paired =
    ' Differences are paired by prompt and seed, and their error is over prompts: seeds of one prompt are not independent, and are averaged first. Bold is more than two standard errors from 0.';
  return `${means}${isCompared ? paired : ''} Costs are per prompt.`;
};

/** What a report's words mean: terms with their explanations. */
export const explanations: readonly (readonly [string, string])[] = [
  [
    'Top@1, Avg@K',
    'highest and mean reward of a prompt’s K responses, in the reward model’s own unit; K is how many.',
  ],
  [
    'judge',
    'what a model says of the same responses that no method has seen: of the one with the highest reward, and of all K.',
  ],
  [
    'passes',
    'sequences through a network: a response in one denoising step is one pass of the denoiser, a gradient two of the reward. Equal responses are computed once.',
  ],
  ['seconds', 'per prompt, measured where the results were made, without loading and without the judge.'],
  [
    'distinct 1/2/3',
    'share of different words, pairs and triples among all of at most four responses to a prompt; higher is more diverse.',
  ],
  ['self-BLEU', 'likeness of these responses to each other, from 0 to 1; lower is more diverse.'],
  [
    'perplexity',
    'how surprising the responses are to a language model that reads them from left to right; lower is more usual text.',
  ],
  [
    'entropy weight',
    'how much of a drawn token, rather than of the mean over all tokens, the reward is shown: 0 in expectation, 1 in aps, the entropy of the denoiser in entrgi.',
  ],
  ['base', 'one response without guidance.'],
  ['bon', 'best of n: K responses without guidance.'],
  ['bon-compute', 'best of as many responses without guidance as the passes or seconds of a guided run buy.'],
  ['expectation, aps, entrgi', 'guided by the reward’s gradient in every denoising step.'],
  ['smc, particle-gibbs', 'steered by the reward’s values alone, between steps; guided-smc by both.'],
];
