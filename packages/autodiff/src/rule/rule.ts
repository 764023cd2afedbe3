import type { GraphBuilder, Node, Value } from '@entrgi/onnx';
import type { AttributeReader } from '@entrgi/onnx/internal';

/**
 * The values of a node, in order. Optional ones that are absent, and every position past the end, read ''.
 */
export type Values = readonly [Value, Value, Value, Value, Value, Value, Value, Value, ...Value[]];

/** What a rule is told about one node. */
export interface RuleRequest {
  /** Inputs of the node. */
  readonly x: Values;
  /** Outputs of the node. */
  readonly y: Values;
  /** Gradients of the outputs; '' where none arrives. At least one is there. */
  readonly dy: Values;
  readonly attrs: AttributeReader;
  /** Appends the backward nodes. */
  readonly g: GraphBuilder;
  /** Whether the gradient of input i is wanted. Others are dropped if given. */
  readonly needs: (input: number) => boolean;
  readonly node: Node;
  /** The node that a value comes from; undefined for inputs, initializers and what the backward pass made. */
  readonly producerOf: (value: Value) => Node | undefined;
  /** Makes a value at most once per gradient graph; rules that name the same key share it. */
  readonly once: (key: string, make: () => Value) => Value;
  /** How to multiply by a transposed matrix. */
  readonly transposedProduct: TransposedProduct;
  /** The transpose of a packed weight, where the graph can have it. */
  readonly transposedWeight: TransposedWeight;
  /** The error for a case that the rule does not cover. */
  readonly unsupported: (what: string) => Error;
}

/**
 * `Gemm`: transB on 2-D reshapes, plain ONNX that every runtime has. `FusedMatMul`: com.microsoft's operator,
 * fewer nodes; onnxruntime has it on CPU, not on WebGPU.
 */
export type TransposedProduct = 'Gemm' | 'FusedMatMul';

/** A weight of com.microsoft's MatMulNBits: its integers and their scales. */
export interface PackedWeight {
  readonly weight: Value;
  readonly scales: Value;
}

/**
 * From the integers of a packed weight of shape [N, K], the transpose as a second packed weight of shape [K,
 * N], which must stand for exactly the same numbers; undefined where there is none. It declares initializers
 * only when it is called.
 */
export type TransposedWeight = (weight: Value) => PackedWeight | undefined;

/**
 * The gradient of one input: a value, or a function that makes it, called only where it is needed. null: none
 * flows.
 */
export type InputGradient = Value | (() => Value) | null;

/** From the gradients of a node's outputs, the gradients of its inputs, in order; missing ones are null. */
export interface Rule {
  (request: RuleRequest): readonly InputGradient[];
  /** Present where the operator broadcasts its inputs; see `broadcasting`. */
  readonly broadcast?: Broadcast;
}

/** Which gradients come in the broadcast shape, for the driver to sum back to the shape of their input. */
export interface Broadcast {
  /** How many last axes are not broadcast and already have the input's sizes. */
  readonly trailing: number;
  /** The inputs concerned; default: all. */
  readonly inputs?: readonly number[] | undefined;
}

/** Marks a rule whose gradients have the broadcast shape of the output. */
export const broadcasting = (
  rule: (request: RuleRequest) => readonly InputGradient[],
  { trailing = 0, inputs }: Partial<Broadcast> = {},
): Rule => Object.assign((request: RuleRequest) => rule(request), { broadcast: { trailing, inputs } });

/** An operator that no gradient can pass, and that must not be passed silently. */
export interface NonDifferentiable {
  readonly nonDifferentiable: string;
}

/** Asking for a gradient through the operator is an error: its slope is zero or random wherever it exists. */
export const nonDifferentiable = (why: string): NonDifferentiable => ({ nonDifferentiable: why });

/**
 * An operator whose output is an integer, a truth value or a shape: the gradient ends there, as in PyTorch.
 */
export interface Cut {
  readonly cut: string;
}

/** No gradient flows from what the operator gives, for the stated reason. */
export const cut = (why: string): Cut => ({ cut: why });

/** What the table says about an operator. */
export type Entry = Rule | NonDifferentiable | Cut;
