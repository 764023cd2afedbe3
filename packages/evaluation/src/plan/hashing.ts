import { basename } from 'node:path';
import { resolveCheckpoint } from '@entrgi/models';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import type { HubOptions } from 'entrgi';
import { rewardSource } from 'entrgi/internal';
import { hashOf } from '../journal/canonical-json.js';
import { endpointJudgeHash } from '../judges/endpoint-judge.js';
import type { JudgeSpec } from '../judges/judge-spec.js';
import type { ModelNames } from './evaluation-options.js';
import { type HashedModel, hashModel } from './hash-model.js';

/**
 * Hashes what has a part in results, each once, however many pairs it is in. Models of the hub are fetched
 * for it.
 * @throws what resolveCheckpoint throws
 */
export const hashingOf = (fetching: HubOptions) => {
  const found = new Map<string, Promise<HashedModel>>();
  const model = (source: string, models: ModelNames): Promise<HashedModel> => {
    const known = found.get(source) ?? hashed(source, models, fetching);
    found.set(source, known);
    return known;
  };
  return {
    denoiser: (models: ModelNames) => model(models.denoiser ?? denoiserDirectory, models),
    async reward(models: ModelNames): Promise<HashedModel> {
      const { kind, source } = rewardSource(models.reward ?? rewardDirectory);
      if (kind === 'model') return model(source, models);
      // What rates without a reward model is that, and the denoiser that it compares with.
      const { hash, bytes } = source === undefined ? { hash: '', bytes: 0 } : await model(source, models);
      return { hash: hashOf({ kind, hash }), bytes };
    },
    /** Transformers.js reads it from the directory where our hub client has put it. */
    async causal(
      given: string,
      offline: boolean | undefined,
    ): Promise<HashedModel & { readonly directory: string }> {
      const file = 'onnx/model.onnx';
      const directory = await resolveCheckpoint(given, { ...fetching, offline, file });
      return { ...(await hashModel(directory)), directory };
    },
    async judge(judge: JudgeSpec): Promise<HashedModel> {
      if (judge.kind === 'endpoint') return { hash: endpointJudgeHash(judge.options), bytes: 0 };
      const model = await hashed(judge.source, {}, fetching);
      return judge.label === undefined
        ? model
        : { ...model, hash: hashOf({ hash: model.hash, label: judge.label }) };
    },
  };
};

const hashed = async (
  source: string,
  { revision, offline }: ModelNames,
  fetching: HubOptions,
): Promise<HashedModel> => {
  const directory = await resolveCheckpoint(source, { ...fetching, offline, revision });
  return hashModel(directory, source.endsWith('.onnx') ? basename(source) : undefined);
};
