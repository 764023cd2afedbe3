/** What to do where there are no safetensors. */
export const otherWeights = (hasOnnx: boolean): string =>
  hasOnnx
    ? 'There is an ONNX model, which loadDenoiser and onnxReward take, and entrgi inspect as a file.'
    : 'Weights in other formats (pytorch_model.bin, gguf) have to be converted first.';
