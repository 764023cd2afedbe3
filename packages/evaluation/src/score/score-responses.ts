import { type Prompt, type Reward, UnsupportedError } from '@entrgi/core';
import { bestOfN } from 'entrgi';
import type { EndpointJudge, Preference } from '../judges/endpoint-judge.js';
import type { Judge } from '../judges/judge.js';
import { scoresOf } from '../judges/judge-line.js';
import type { ResponsePair } from './rated-pair.js';

/** A response and what is said of it. */
export interface RatedResponse extends ResponsePair {
  readonly prompt: Prompt;
  readonly reward?: number | undefined;
  readonly judge?: number | undefined;
  /** Where there is a rival: whether the judge prefers the response to it. */
  readonly preferred?: Preference | undefined;
}

/** Who rates responses that are there already. */
export interface ScoreOptions {
  readonly reward?: Reward | undefined;
  /** One that is an EndpointJudge also compares. */
  readonly judge?: Judge | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rates responses, several at a time, in order.
 * @throws UnsupportedError for a rival where the judge cannot compare
 */
export async function* scoreResponses(
  pairs: readonly ResponsePair[],
  { reward, judge, signal }: ScoreOptions,
): AsyncGenerator<RatedResponse, void, undefined> {
  const rate = async (pair: ResponsePair): Promise<RatedResponse> => {
    const { prompt, response, rival } = pair;
    const rated =
      reward === undefined ? undefined : await bestOfN({ reward, prompt, texts: [response], signal });
    const judged = judge && (await scoresOf(judge, prompt, [response], signal));
    return {
      ...pair,
      ...(rated === undefined ? {} : { reward: rated.top1 }),
      ...(judged === undefined ? {} : { judge: judged[0]! }),
      ...(rival === undefined || judge === undefined
        ? {}
        : { preferred: await compare(judge, pair, rival, signal) }),
    };
  };
  // As many as a server is asked at once; a model in this process takes one after the other anyway.
  const ahead = 8;
  const started: Promise<RatedResponse>[] = [];
  for (let next = 0, i = 0; i < pairs.length; i++) {
    for (; next < Math.min(pairs.length, i + ahead); next++) {
      const rating = rate(pairs[next]!);
      // It is waited for in its turn.
      rating.catch(() => undefined);
      started.push(rating);
    }
    yield await started[i]!;
  }
}

const compare = (
  judge: Judge,
  { prompt, response }: ResponsePair,
  rival: string,
  signal: AbortSignal | undefined,
): Promise<Preference> => {
  if (canCompare(judge)) return judge.compare(prompt, response, rival, { signal });
  throw new UnsupportedError(`Judge '${judge.name}': expected one that can compare two responses.`, {
    value: judge.name,
    hint: 'Leave "rival" out, or judge by a server.',
  });
};

const canCompare = (judge: Judge): judge is EndpointJudge => 'compare' in judge;
