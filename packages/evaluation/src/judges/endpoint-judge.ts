import { disposable, type Prompt, UnsupportedError } from '@entrgi/core';
import { hashOf } from '../journal/canonical-json.js';
import { type ChatCost, type ChatEndpointOptions, chatEndpoint, type FirstToken } from './chat-endpoint.js';
import type { Judge } from './judge.js';
import { unitTests } from './unit-tests.js';

/** Which model of a chat endpoint judges, and what it is asked. */
export interface EndpointJudgeOptions extends ChatEndpointOptions {
  /**
   * Questions to answer with a score from 1 to 5.
   * @default `unitTests`
   */
  readonly questions?: readonly string[] | undefined;
}

/** Which of two responses is better. */
export interface Preference {
  /** Probability that the first one is, the mean over both orders. */
  readonly probability: number;
  /** Whether both orders say the same. */
  readonly isConsistent: boolean;
}

/** A judge behind a server. */
export interface EndpointJudge extends Judge {
  score(...asked: Parameters<Judge['score']>): Promise<number[]>;
  readonly cost: Readonly<ChatCost>;
  /** Compares two responses in both orders, since judges like what stands first. */
  compare(
    prompt: Prompt,
    first: string,
    second: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Preference>;
}

/** What the scores of such a judge depend on. */
export const endpointJudgeHash = ({ url, model, questions = unitTests }: EndpointJudgeOptions): string =>
  hashOf({ url, model, questions, layout: scoreQuestion('{prompt}', '{response}', '{question}') });

/**
 * A language model behind any server with OpenAI's chat completions as a judge: the score of a response is
 * the mean over the questions of the expected answer, Σ k·p(k) / Σ p(k) over the tokens 1 to 5, from 1 to 5.
 */
export const endpointJudge = (options: EndpointJudgeOptions): EndpointJudge => {
  const { questions = unitTests, model } = options;
  const endpoint = chatEndpoint(options);
  const scoreOf = async (
    prompt: Prompt,
    response: string,
    signal: AbortSignal | undefined,
  ): Promise<number> => {
    const answers = questions.map((question) =>
      endpoint.ask(scoreQuestion(textOf(prompt), response, question), signal),
    );
    const scores = (await Promise.all(answers)).map((first) => expectation(first, model));
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  };
  return {
    name: model,
    cost: endpoint.cost,
    score: (prompt, responses, { signal } = {}) =>
      Promise.all(responses.map((response) => scoreOf(prompt, response, signal))),
    async compare(prompt, first, second, { signal } = {}) {
      const text = textOf(prompt);
      const [straight, swapped] = await Promise.all([
        endpoint.ask(pairQuestion(text, first, second), signal),
        endpoint.ask(pairQuestion(text, second, first), signal),
      ]);
      const [a, b] = [shareOfA(straight, model), 1 - shareOfA(swapped, model)];
      return { probability: (a + b) / 2, isConsistent: a > 0.5 === b > 0.5 };
    },
    ...disposable(async () => {}),
  };
};

const scoreQuestion = (prompt: string, response: string, question: string): string =>
  `Rate a response to a prompt.\n\n<prompt>\n${prompt}\n</prompt>\n\n<response>\n${response}\n</response>\n\n${question}\n` +
  'Answer with one digit: 1 (not at all), 2, 3, 4 or 5 (entirely).';

const pairQuestion = (prompt: string, a: string, b: string): string =>
  `Compare two responses to a prompt.\n\n<prompt>\n${prompt}\n</prompt>\n\n<response name="A">\n${a}\n</response>\n\n` +
  `<response name="B">\n${b}\n</response>\n\nWhich is better? Answer with one letter: A or B.`;

const textOf = (prompt: Prompt): string =>
  typeof prompt === 'string' ? prompt : prompt.map(({ role, content }) => `${role}: ${content}`).join('\n\n');

/** Probabilities of some words among the first tokens, however they are spaced; together 1. */
const shares = (first: FirstToken, words: readonly string[], model: string): number[] => {
  const masses = words.map((word) =>
    first.reduce((sum, { token, logprob }) => (token.trim() === word ? sum + Math.exp(logprob) : sum), 0),
  );
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  if (total > 0) return masses.map((mass) => mass / total);
  throw new UnsupportedError(
    `Judge '${model}': expected one of ${words.join(', ')} among its first tokens, got ${first.map(({ token }) => JSON.stringify(token)).join(', ')}.`,
    { value: first, hint: 'Judge with a model that follows instructions, and does not think aloud first.' },
  );
};

const expectation = (first: FirstToken, model: string): number =>
  shares(first, ['1', '2', '3', '4', '5'], model).reduce((sum, share, i) => sum + share * (i + 1), 0);

const shareOfA = (first: FirstToken, model: string): number => shares(first, ['A', 'B'], model)[0]!;
