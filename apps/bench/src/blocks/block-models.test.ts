import { describe, expect, test } from 'vitest';
import { type BlockModel, blockModels } from './block-models.js';

describe.each(Object.entries<BlockModel>(blockModels))('%s', (_, { shape, active, experts }) => {
  test('counts the weights that a token goes through as they are in its tensors', () => {
    const tensors = Object.entries(shape().tensors);
    const matrices = (part: string) =>
      tensors
        .filter(([name, dims]) => name.includes(part) && dims.length === 2)
        .reduce((sum, [, dims]) => sum + dims[0]! * dims[1]!, 0);
    const idle = experts === undefined ? 0 : (experts.count - experts.chosen) * experts.weights;
    expect(active.first).toBe(matrices('.layers.0.'));
    expect(active.layer).toBe(matrices('.layers.1.') - idle);
    expect(active.head).toBe(matrices(experts === undefined ? 'embed_tokens' : 'lm_head'));
    if (experts !== undefined)
      expect(matrices('.layers.1.mlp.experts.')).toBe(experts.count * experts.weights);
  });
});
