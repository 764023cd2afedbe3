import { setMaxListeners } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError, NetworkError, NotFoundError, UnsupportedError } from '@entrgi/core';
import { lazily } from '@entrgi/core/internal';
import { openDestination } from '@entrgi/onnx/node';
import PQueue from 'p-queue';
import { hashOf } from '../journal/canonical-json.js';

/** A server with OpenAI's chat completions, and how gently it is asked. */
export interface ChatEndpointOptions {
  /** Up to and without `/chat/completions`, such as http://localhost:8000/v1. */
  readonly url: string;
  readonly model: string;
  /** @default OPENAI_API_KEY, or none */
  readonly apiKey?: string | undefined;
  /**
   * Requests at the same time.
   * @default 4
   */
  readonly concurrency?: number | undefined;
  /** @default no limit */
  readonly requestsPerMinute?: number | undefined;
  /**
   * How often a request is tried again that failed for want of the network, for a limit (after as long as
   * Retry-After asks), or by the server.
   * @default 6
   */
  readonly retries?: number | undefined;
  /**
   * Milliseconds until an answer counts as failed.
   * @default 60,000
   */
  readonly timeout?: number | undefined;
  /**
   * Folder that keeps answers, so that none is paid for twice.
   * @default none is kept
   */
  readonly cacheDir?: string | undefined;
}

/** What asking has cost. */
export interface ChatCost {
  /** Questions that the server answered, and that the folder did. */
  requests: number;
  cached: number;
  promptTokens: number;
  completionTokens: number;
}

/** Log-probabilities by text of the first token of an answer. */
export type FirstToken = readonly { readonly token: string; readonly logprob: number }[];

interface Answer {
  readonly first: FirstToken;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface ChatEndpoint {
  readonly cost: Readonly<ChatCost>;
  /**
   * The most probable first tokens of the answer to a question.
   * @throws AccessError, NotFoundError and NetworkError as the server says, and UnsupportedError where it
   *   gives no log-probabilities
   */
  ask(question: string, signal?: AbortSignal): Promise<FirstToken>;
}

/** Asks a server for the first token of answers, not too many at once nor too often, and none twice. */
export const chatEndpoint = (options: ChatEndpointOptions): ChatEndpoint => {
  const { url, model, concurrency = 4, requestsPerMinute, retries = 6, timeout = 60_000, cacheDir } = options;
  // Large, and not needed by most.
  const client = lazily(async () => {
    const { OpenAI } = await import('openai');
    // The client wants a key; servers of one's own ask for none.
    const apiKey = options.apiKey ?? process.env.OPENAI_API_KEY ?? 'none';
    return new OpenAI({ baseURL: url, apiKey, maxRetries: retries, timeout });
  });
  const queue = new PQueue({
    concurrency,
    ...(requestsPerMinute === undefined ? {} : { interval: 60_000 / requestsPerMinute, intervalCap: 1 }),
  });
  const cost: ChatCost = { requests: 0, cached: 0, promptTokens: 0, completionTokens: 0 };
  const request = async (question: string, signal: AbortSignal | undefined): Promise<Answer> => {
    const own = ownSignal(signal);
    try {
      const { choices, usage } = await (await client.get()).chat.completions.create(
        {
          model,
          messages: [{ role: 'user', content: question }],
          max_tokens: 1,
          temperature: 0,
          logprobs: true,
          top_logprobs: 20,
        },
        { signal: own },
      );
      const first = choices[0]?.logprobs?.content?.[0]?.top_logprobs;
      if (first === undefined || first.length === 0) throw withoutLogprobs(url, model);
      return {
        first: first.map(({ token, logprob }) => ({ token, logprob })),
        promptTokens: usage?.prompt_tokens ?? 0,
        completionTokens: usage?.completion_tokens ?? 0,
      };
    } catch (error) {
      signal?.throwIfAborted();
      throw await endpointError(error, url, model);
    }
  };
  return {
    cost,
    async ask(question, signal) {
      const path =
        cacheDir === undefined ? undefined : join(cacheDir, `${hashOf({ url, model, question })}.json`);
      const kept = path === undefined ? undefined : await readAnswer(path);
      if (kept !== undefined) {
        cost.cached += 1;
        return kept.first;
      }
      const answer = await queue.add(() => request(question, signal), { signal });
      cost.requests += 1;
      cost.promptTokens += answer.promptTokens;
      cost.completionTokens += answer.completionTokens;
      if (path !== undefined) await keepAnswer(path, answer);
      return answer.first;
    },
  };
};

/** The client leaves a listener on its signal for every attempt that fails: each request has its own. */
const ownSignal = (signal: AbortSignal | undefined): AbortSignal | undefined => {
  if (signal === undefined) return undefined;
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
};

/** Undefined where there is none, or none that can be read. */
const readAnswer = async (path: string): Promise<Answer | undefined> => {
  try {
    const answer = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(answer?.first) ? answer : undefined;
  } catch {
    return undefined;
  }
};

const keepAnswer = async (path: string, answer: Answer): Promise<void> => {
  await mkdir(join(path, '..'), { recursive: true });
  const { file, keep, discard } = await openDestination(path);
  try {
    await file.writeFile(JSON.stringify(answer));
    await keep();
  } finally {
    await discard();
  }
};

const withoutLogprobs = (url: string, model: string): UnsupportedError =>
  new UnsupportedError(`${url}: expected log-probabilities from '${model}', got none.`, {
    value: model,
    hint: 'Judge with a model and a server that give them (logprobs, top_logprobs).',
  });

const endpointError = async (error: unknown, url: string, model: string): Promise<unknown> => {
  const { OpenAI } = await import('openai');
  if (!(error instanceof OpenAI.APIError)) return error;
  const { status, message } = error;
  const details = { value: url, cause: error };
  if (status === 401 || status === 403) {
    return new AccessError(`${url} refuses (${status}): ${message}.`, {
      ...details,
      hint: 'Set OPENAI_API_KEY.',
    });
  }
  if (status === 404) {
    return new NotFoundError(`${url}: there is no '${model}' (${message}).`, {
      ...details,
      hint: 'Check the address, which ends before /chat/completions, and the name of the model.',
    });
  }
  const what = status === undefined ? `cannot be reached (${message})` : `does not answer (${message})`;
  return new NetworkError(`${url} ${what}.`, {
    ...details,
    hint: 'Check the address, and run again: nothing is lost.',
  });
};
