export { resolveCheckpoint } from '#platform/file-system';
export * as architectures from './architectures/index.js';
export { type Checkpoint, readCheckpoint, type StoredTensor } from './checkpoint/checkpoint.js';
export type { WeightChoice } from './checkpoint/weight-choice.js';
export type { LoadClassifierOptions } from './classifier/load-classifier-options.js';
export { type Attention, type AttentionOptions, attentions } from './contracts/attention-options.js';
export type { Classifier, ClassifierPrefix, LoadedClassifier } from './contracts/classifier.js';
export type { FileOptions } from './contracts/file-options.js';
export type {
  Architecture,
  ClassifierInputs,
  ClassifierNetwork,
  DenoiserNetwork,
  KeysAndValues,
  Past,
  PrefixNetwork,
} from './contracts/network.js';
export type { RuntimeOptions } from './contracts/runtime-options.js';
export type { TemplateOptions } from './contracts/template-options.js';
export type { EncodedText, ResponseSlot, Tokenizer } from './contracts/tokenizer.js';
export type { Weights } from './contracts/weights.js';
export type { LoadDenoiserOptions } from './denoiser/load-denoiser-options.js';
export type {
  ByteSource,
  ExternalFiles,
  Files,
  Folder,
  FolderFile,
  LocatedFiles,
} from './files/byte-source.js';
export type { ConfigReader } from './files/config-reader.js';
export type { DownloadProgress, HubOptions } from './hub/hub-options.js';
export type { CheckpointFacts } from './inspect/checkpoint-facts.js';
export { type InspectOptions, inspectCheckpoint } from './inspect-checkpoint.js';
export { loadClassifier } from './load-classifier.js';
export { loadDenoiser } from './load-denoiser.js';
export { readTokenizer } from './prompt/read-tokenizer.js';
export type { ResolveOptions } from './snapshot/resolve-options.js';
export type { VerifyOptions } from './snapshot/verify-snapshot.js';
export { type MapTokensOptions, mapTokens, type TokenMap } from './token-map/token-map.js';
export { type EndTokens, endTokens } from './vocabulary/end-tokens.js';
export { fileFolder } from './web/file-folder.js';
export { type HubFolderOptions, hubFolder } from './web/hub-folder.js';
export { type ModelCache, modelCache } from './web/model-cache.js';
export { type UrlFolderOptions, type UrlFolderPlace, urlFolder } from './web/url-folder.js';
export type { QuantizeProgress, WeightDtype, WeightOptions } from './weights/weight-options.js';
export { weightDtypes } from './weights/weight-options.js';
