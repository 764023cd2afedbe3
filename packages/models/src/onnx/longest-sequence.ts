import type { ConfigReader } from '../files/config-reader.js';

/** The longest sequence that config.json allows. */
export const longestSequence = (config: ConfigReader): number => {
  const positions = config.count(
    config.raw('max_position_embeddings') === undefined ? 'n_positions' : 'max_position_embeddings',
  );
  return positions - firstPosition(config);
};

/** Models of transformers that count positions from the row after the padding token's, as RoBERTa does. */
const ofRoberta = [
  'camembert',
  'data2vec-text',
  'esm',
  'ibert',
  'longformer',
  'luke',
  'mpnet',
  'roberta',
  'roberta-prelayernorm',
  'xlm-roberta',
  'xlm-roberta-xl',
  'xmod',
];

/** The number of a sequence's first position. */
export const firstPosition = (config: ConfigReader): number =>
  ofRoberta.includes(String(config.raw('model_type')))
    ? 1 + (config.tokenId('pad_token_id', Number.MAX_SAFE_INTEGER) ?? 1)
    : 0;
