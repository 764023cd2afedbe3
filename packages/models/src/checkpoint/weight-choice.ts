/** Which weights of a repository or a directory are wanted. */
export interface WeightChoice {
  /**
   * `safetensors`, `onnx` (a model in the layout of transformers.js) or `any`: the former, else the latter.
   * @default any
   */
  readonly weights?: 'any' | 'safetensors' | 'onnx' | undefined;
  /** An ONNX file, such as onnx/model_quantized.onnx, and nothing else. */
  readonly file?: string | undefined;
}

/** What transformers calls them, and what a conversion of pytorch_model.bin does. */
const safetensorsFiles: readonly string[] = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.safetensors',
];

/** Where transformers.js looks for a model, and where others put it. */
const onnxFiles: readonly string[] = ['onnx/model.onnx', 'model.onnx'];

/** The files that may be what is wanted; the first of them that exists is it. */
export const weightCandidates = ({ weights = 'any', file }: WeightChoice): readonly string[] =>
  file !== undefined
    ? [file]
    : [...(weights === 'onnx' ? [] : safetensorsFiles), ...(weights === 'safetensors' ? [] : onnxFiles)];

/** Whether a candidate is an ONNX file. */
export const isOnnxCandidate = (candidate: string): boolean => !safetensorsFiles.includes(candidate);
