import type { DataType } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';

/**
 * A float input: its shape and the range its elements are drawn from, which stays clear of kinks and poles.
 */
export interface CaseInput {
  readonly dims: readonly number[];
  /** @default [−2, 2] */
  readonly range?: readonly [number, number];
  /** Given elements instead of drawn ones. */
  readonly values?: readonly number[];
  /** Not differentiated. */
  readonly fixed?: boolean;
  /** The input is an initializer. */
  readonly stored?: boolean;
}

/** One operator on given shapes and attributes: data for the one generic gradient test. */
export interface GradientCase {
  /** Name in the table of rules. */
  readonly operator: string;
  readonly what?: string;
  readonly inputs: readonly CaseInput[];
  /** The operator applied; gives the value to differentiate. `type` is the float type under test. */
  readonly forward: (g: GraphBuilder, x: readonly [Value, Value, Value, Value], type: DataType) => Value;
  /**
   * The same in double precision, element by element, where onnxruntime has no float64 kernel of the operator
   * or of its gradient.
   */
  readonly reference?: (x: readonly (readonly number[])[]) => readonly number[];
  /** Float types not run, because onnxruntime has no kernel. */
  readonly without?: readonly ('float64' | 'float16')[];
  /** Allowed relative difference in half precision; default 2 %. */
  readonly halfTolerance?: number;
}
