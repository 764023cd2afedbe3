import { UnsupportedError } from '@entrgi/core';
import type { ForwardOptions } from '../weights/load-weights.js';
import { checkedDtype, type WeightOptions } from '../weights/weight-options.js';

/**
 * Throws UnsupportedError for options that would have the weights of an ONNX model held otherwise than they
 * are.
 */
export const requireAsItIs = (
  name: string,
  { dtype, int8Activations = false }: Pick<WeightOptions, 'dtype'> & ForwardOptions,
): void => {
  const asked = checkedDtype(dtype);
  const wrong =
    asked !== 'fp32' && asked !== 'auto'
      ? `dtype: expected 'fp32' or 'auto', got '${asked}'`
      : int8Activations
        ? 'int8Activations: expected false, got true'
        : undefined;
  if (wrong === undefined) return;
  throw new UnsupportedError(`${name}: ${wrong}: an ONNX model runs as it is.`, {
    value: asked,
    hint: 'Name a quantized variant as file, such as onnx/model_quantized.onnx.',
  });
};
