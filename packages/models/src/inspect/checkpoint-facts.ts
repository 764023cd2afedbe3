import type { DataType, Vocabulary } from '@entrgi/core';
import type { Model } from '@entrgi/onnx';

/** What a checkpoint is, without loading its weights. */
export interface CheckpointFacts {
  readonly name: string;
  /** As config.json calls it; empty where an ONNX model's does not say. */
  readonly architecture: string;
  readonly task: 'denoiser' | 'classifier';
  /** Number of weights. */
  readonly parameters: number;
  /** Number of weights by how they are stored. */
  readonly dataTypes: Readonly<Partial<Record<DataType, number>>>;
  /** Bytes that the weights take in their files. */
  readonly bytes: number;
  /** Weight files, relative to the folder that they are mapped from. */
  readonly files: readonly string[];
  /** Tensors in the files that the network has no use for. */
  readonly leftOut: readonly string[];
  /** What a classifier calls its labels. */
  readonly labels?: readonly string[];
  /** Not of an ONNX model, which need not have layers. */
  readonly layers?: number;
  readonly width?: number;
  /** Not where an ONNX model's config.json does not say: then loaders have to be told. */
  readonly maxLength?: number;
  /** Rows of the embedding table, and how many of them are tokens. */
  readonly vocabularySize: number;
  readonly tokens: number;
  readonly vocabulary: Vocabulary;
  /** The graph of an ONNX model, its weights where they lie in the files. */
  readonly model?: Model;
}
