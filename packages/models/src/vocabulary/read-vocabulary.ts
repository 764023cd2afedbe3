import { CheckpointError, type Spelling, type Vocabulary } from '@entrgi/core';
import type { ConfigReader } from '../files/config-reader.js';
import type { EndTokens } from './end-tokens.js';
import type { TokenCodec } from './token-codec.js';

export interface VocabularySources {
  /** Rows of the embedding table. */
  readonly vocabularySize: number;
  readonly codec: Pick<TokenCodec, 'tokens' | 'specialIds'>;
  readonly spelling: Spelling;
  readonly config: ConfigReader;
  /** generation_config.json, where there is one. */
  readonly generation: ConfigReader | undefined;
  /** The mask token, where nothing else says which it is. */
  readonly maskToken?: string | undefined;
  /**
   * Special tokens by role (eos_token, pad_token, …), from tokenizer_config.json and special_tokens_map.json.
   */
  readonly roles: Readonly<Record<string, string>>;
  /** The token that the chat template puts behind a response, where it is a special one. */
  readonly closingId: number | undefined;
  /** Which of the tokens that may end a response do. */
  readonly endTokens: EndTokens;
  /** What error messages call the tokenizer. */
  readonly name: string;
}

/**
 * What each row of the embedding table means. Rows beyond the tokenizer are padding. A response ends with the
 * tokenizer's eos_token and, by the convention `turn`, the token that closes it in the template, or an
 * eos_token_id of the configs.
 * @throws CheckpointError where it could not end
 */
export const readVocabulary = (sources: VocabularySources): Vocabulary => {
  const { vocabularySize, codec, spelling, config, generation, roles, closingId, endTokens, maskToken } =
    sources;
  const tokens = Array.from({ length: vocabularySize }, (_, id) => codec.tokens[id]);
  const idByToken = new Map<string, number>();
  tokens.forEach((token, id) => {
    if (token !== undefined) idByToken.set(token, id);
  });

  const byRole = (role: string): number | undefined => {
    // One without a row can neither be read nor said: for the network there is none.
    const token = roles[role];
    return token === undefined ? undefined : idByToken.get(token);
  };
  const agreed = (role: string, field: string): number | undefined => {
    const fromTokenizer = byRole(role);
    const fromConfig = config.tokenId(field, vocabularySize);
    if (fromTokenizer !== undefined && fromConfig !== undefined && fromTokenizer !== fromConfig) {
      throw new CheckpointError(
        `${config.file}: ${field} is ${fromConfig}, but the tokenizer's ${role} has id ${fromTokenizer}.`,
        { value: fromConfig, hint: 'Both must name the same token.' },
      );
    }
    return fromTokenizer ?? fromConfig;
  };

  const maskId =
    agreed('mask_token', 'mask_token_id') ?? (maskToken === undefined ? undefined : idByToken.get(maskToken));
  const padId = byRole('pad_token') ?? idsIn(config, 'pad_token_id', vocabularySize)[0];
  const unknownId = byRole('unk_token');
  const separatorId = byRole('sep_token');
  const eosId = byRole('eos_token');
  if (endTokens === 'eos' && eosId === undefined) {
    throw new CheckpointError(`${sources.name}: endTokens 'eos': the tokenizer has no eos_token.`, {
      value: roles.eos_token,
      hint: "Name one in tokenizer_config.json, or use endTokens 'turn'.",
    });
  }
  const turnEnds = [
    eosId,
    closingId,
    ...(generation === undefined ? [] : idsIn(generation, 'eos_token_id', vocabularySize)),
    ...idsIn(config, 'eos_token_id', vocabularySize),
  ].filter(isId);
  const endIds = endTokens === 'eos' ? [eosId].filter(isId) : [...new Set(turnEnds)];
  const special = [...codec.specialIds, maskId, padId, unknownId, separatorId, ...endIds].filter(isId);
  return {
    size: vocabularySize,
    tokens,
    spelling,
    endIds,
    specialIds: [...new Set(special)].sort((a, b) => a - b),
    ...(maskId === undefined ? {} : { maskId }),
    ...(padId === undefined ? {} : { padId }),
    ...(unknownId === undefined ? {} : { unknownId }),
    ...(separatorId === undefined ? {} : { separatorId }),
  };
};

const isId = (id: number | undefined): id is number => id !== undefined;

/**
 * The ids of a field that have a row: another whole number, as −1 for none or an id of a larger model, never
 * comes up.
 */
const idsIn = (config: ConfigReader, field: string, vocabularySize: number): readonly number[] =>
  [config.raw(field) ?? []].flat().filter((id): id is number => {
    if (Number.isSafeInteger(id)) return (id as number) >= 0 && (id as number) < vocabularySize;
    throw new CheckpointError(`${config.file}: ${field}: expected token ids, got ${JSON.stringify(id)}.`, {
      value: id,
    });
  });
