import { UnsupportedError } from '@entrgi/core';
import { ADAPTER_CURE } from './foreign-weights.js';

const formats: readonly (readonly [RegExp, string])[] = [
  [/^pytorch_model.*\.bin(?:\.index\.json)?$|\.(?:pt|pth|ckpt|bin)$/, 'PyTorch'],
  [/\.gguf$/, 'GGUF'],
  [/^flax_model.*\.msgpack/, 'Flax'],
  [/^tf_model.*\.h5/, 'TensorFlow'],
  [/^rust_model\.ot$/, 'rust-bert'],
];

/** Throws UnsupportedError where a folder or repository of these files is an adapter and no model. */
export const refuseAdapter = (of: string, files: readonly string[]): void => {
  if (!isAdapter(files)) return;
  throw new UnsupportedError(`${of}: it is an adapter (adapter_config.json).`, {
    value: of,
    hint: ADAPTER_CURE,
  });
};

const isAdapter = (files: readonly string[]): boolean =>
  files.includes('adapter_config.json') &&
  !files.some((file) => /^model(?:-\d+-of-\d+)?\.safetensors(?:\.index\.json)?$/.test(file));

/**
 * What to do with a folder or repository of these files, which has none of the safetensors that a model is
 * read from.
 */
export const otherWeights = (files: readonly string[], hasOnnx: boolean): string => {
  // A list that somebody wrote, of a place where the file is not.
  if (files.includes('model.safetensors')) {
    return 'model.safetensors is listed, but is not there: check the address, or download it again.';
  }
  if (hasOnnx) {
    return 'There is an ONNX model, which loadDenoiser and loadReward take.';
  }
  for (const [pattern, format] of formats) {
    const file = files.find((name) => pattern.test(name));
    if (file === undefined) continue;
    return format === 'GGUF'
      ? `${file} is GGUF, which is not read: take the model that it was made from, as safetensors.`
      : `${file} is in the format of ${format}, which is not read: convert it once with transformers (from_pretrained, then save_pretrained, which writes safetensors).`;
  }
  const other = files.find((name) => name.endsWith('.safetensors'));
  return other === undefined
    ? 'There are no weights that are known.'
    : `There is ${other}, but transformers calls the weights of a model model.safetensors.`;
};
