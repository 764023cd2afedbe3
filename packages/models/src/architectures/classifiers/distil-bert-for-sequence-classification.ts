import { attention } from '../../blocks/attention/attention.js';
import { paddingMask } from '../../blocks/attention/attention-mask.js';
import {
  checkHeads,
  type EncoderShape,
  encoderLayers,
  encoderParameters,
  normParameters,
} from '../../blocks/encoder/encoder.js';
import { pooledHead, pooledHeadParameters } from '../../blocks/encoder/pooled-head.js';
import { readActivation, relu } from '../../blocks/layers/activations.js';
import { readLabels } from '../../blocks/layers/labels.js';
import { layerNorm } from '../../blocks/layers/layer-norm.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

const positionTable = 'distilbert.embeddings.position_embeddings.weight';
const embeddingNorm = 'distilbert.embeddings.LayerNorm';

/**
 * DistilBERT (BERT without segments) with a two-layer score of the first position: [CLS] prompt [SEP]
 * response [SEP]. Source: DistilBertForSequenceClassification in transformers, given inputs_embeds.
 */
export const DistilBertForSequenceClassification = (config: ConfigReader): ClassifierNetwork => {
  const labels = readLabels(config);
  const width = config.count('dim');
  const heads = config.count('n_heads');
  checkHeads(config, heads, width, { heads: 'n_heads', width: 'dim' });
  const shape: EncoderShape = {
    layers: config.layers('n_layers'),
    width,
    feedForwardWidth: config.count('hidden_dim'),
    heads,
    epsilon: 1e-12,
    activation: readActivation(config, 'activation', 'gelu'),
    names: (i) => layerNames(`distilbert.transformer.layer.${i}`),
  };
  const vocabularySize = config.count('vocab_size');
  const maxLength = config.count('max_position_embeddings');
  const embeddings = 'distilbert.embeddings.word_embeddings.weight';
  const head = {
    dense: 'pre_classifier',
    score: 'classifier',
    activation: relu,
    width,
    labels: labels.length,
  };
  return {
    task: 'classifier',
    base: 'distilbert',
    labels,
    layers: shape.layers,
    width,
    vocabularySize,
    maxLength,
    embeddings,
    parameters: new Map([
      [embeddings, [vocabularySize, width]],
      [positionTable, [maxLength, width]],
      ...normParameters(embeddingNorm, width),
      ...encoderParameters(shape),
      ...pooledHeadParameters(head),
    ]),

    scores(g, weights, { embeds, attention: present }) {
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      const mask = paddingMask(g, present, length);
      const headWidth = width / heads;
      const attend = attention(g, weights, { batch, length, heads, keyValueHeads: heads, headWidth });
      const positions = g.Slice(weights.value(g, positionTable), [0], length, [0]);
      const embedded = g.Reshape(g.Add(embeds, positions), [-1, width]);
      const normalized = layerNorm(g, weights, embeddingNorm, embedded, shape.epsilon);
      const hidden = encoderLayers(
        g,
        weights,
        shape,
        (x, layer) => attend(x, { ...layer, mask }).rows,
        normalized,
      );
      return pooledHead(g, weights, head, hidden, { batch, length });
    },
  };
};

const layerNames = (layer: string) => ({
  q: `${layer}.attention.q_lin`,
  k: `${layer}.attention.k_lin`,
  v: `${layer}.attention.v_lin`,
  o: `${layer}.attention.out_lin`,
  attentionNorm: `${layer}.sa_layer_norm`,
  inner: `${layer}.ffn.lin1`,
  outer: `${layer}.ffn.lin2`,
  outerNorm: `${layer}.output_layer_norm`,
});
