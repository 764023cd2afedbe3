import { type OptionNames, requireText, requireWhole } from '@entrgi/core/internal';

/** Which file of a source is the model, and what of it counts. */
export interface FileOptions {
  /**
   * An ONNX file of the source, such as onnx/model_quantized.onnx.
   * @default the safetensors; without any, onnx/model.onnx or model.onnx
   */
  readonly file?: string | undefined;
  /**
   * Of an ONNX file: the output with the logits, or with a classifier's scores.
   * @default `logits`, else the only one
   */
  readonly output?: string | undefined;
  /**
   * Longest sequence in tokens; it is taken at its word.
   * @default what config.json says
   */
  readonly maxLength?: number | undefined;
}

/** The options that each loader has for its files, by name. */
export const fileOptionNames: OptionNames<FileOptions> = {
  file: requireText,
  output: requireText,
  maxLength: (name, value) => requireWhole(name, value, 1),
};
