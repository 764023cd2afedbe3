import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Expert } from '../../contracts/network.js';
import type { Weights } from '../../contracts/weights.js';

/** What stands behind the attention of one layer. */
export interface FeedForward {
  /** Shape of each of its tensors, by name. */
  readonly parameters: readonly (readonly [string, readonly number[]])[];
  /** Of a mixture: all that its tokens may choose, whose tensors are among those. */
  readonly experts?: readonly Expert[];
  /** Appends it, from and to rows [tokens, width]. */
  append(g: GraphBuilder, weights: Weights, x: Value): Value;
}
