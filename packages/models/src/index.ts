export * as architectures from './architectures/index.js';
export type { KeysAndValues } from './blocks/attention.js';
export { readLabels } from './blocks/labels.js';
export { type Checkpoint, readCheckpoint, type StoredTensor } from './checkpoint.js';
export { chooseLabel, requireLabel } from './choose-label.js';
export type { ConfigReader } from './config-reader.js';
export { type EndTokens, endTokens } from './end-tokens.js';
export { type DownloadProgress, type HubOptions, hubOptionNames } from './hub-options.js';
export { type CheckpointFacts, inspectCheckpoint } from './inspect-checkpoint.js';
export {
  type Classifier,
  type ClassifierPrefix,
  classifierOptionNames,
  type LoadClassifierOptions,
  loadClassifier,
} from './load-classifier.js';
export { type LoadDenoiserOptions, loadDenoiser } from './load-denoiser.js';
export type {
  Architecture,
  ClassifierInputs,
  ClassifierNetwork,
  DenoiserNetwork,
  Past,
  PrefixNetwork,
} from './network.js';
export { firstPosition, longestSequence, readOnnxFile } from './onnx-file.js';
export { readTokenizer } from './read-tokenizer.js';
export { resolveCheckpoint } from './resolve-checkpoint.js';
export type { ResolveOptions } from './resolve-options.js';
export { strictJson } from './strict-json.js';
export { type TemplateOptions, templateOptionNames } from './template-options.js';
export type { EncodedText, ResponseSlot, Tokenizer } from './tokenizer.js';
export { type VerifyOptions, verifySnapshot } from './verify-snapshot.js';
export type { WeightChoice } from './weight-choice.js';
export type { QuantiseProgress, WeightDtype, WeightOptions } from './weight-options.js';
export { weightDtypes, weightOptionNames } from './weight-options.js';
export type { Weights } from './weights.js';
