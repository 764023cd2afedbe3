import { create, toBinary } from '@bufbuild/protobuf';
import type { DataType } from '@entrgi/core';
import { onnxType } from '@entrgi/onnx/internal';
import {
  type AttributeProto,
  AttributeProtoSchema,
  ModelProtoSchema,
} from '../../packages/onnx/src/generated/onnx_pb.js';

/** A tensor whose claims need not fit its numbers. */
export interface HostileTensor {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly data: readonly (number | bigint)[];
  readonly external?: { readonly location: string; readonly offset: string; readonly length: string };
}

export const tensor = (
  name: string,
  type: DataType,
  dims: readonly number[],
  data: readonly (number | bigint)[],
): HostileTensor => ({ name, type, dims, data });

/** An attribute by its value; or the bytes of a graph. */
export type HostileAttribute =
  | { readonly name: string; readonly value: number | string | readonly number[] | HostileTensor }
  | { readonly name: string; readonly graph: Uint8Array };

/** Whole numbers are integers, others floats. */
export const attribute = (
  name: string,
  value: number | string | readonly number[] | HostileTensor,
): HostileAttribute => ({ name, value });

export interface HostileNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly HostileAttribute[];
}

const whole = (value: number | bigint): bigint =>
  typeof value === 'bigint' ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;

const arrays: Partial<Record<DataType, (data: readonly (number | bigint)[]) => ArrayBufferView>> = {
  float32: (data) => Float32Array.from(data, Number),
  float64: (data) => Float64Array.from(data, Number),
  int64: (data) => BigInt64Array.from(data, whole),
  int32: (data) => Int32Array.from(data, Number),
};

const tensorProto = ({ name, type, dims, data, external }: HostileTensor) => {
  const view = (arrays[type] ?? ((each) => Uint8Array.from(each, Number)))(data);
  return {
    name,
    dataType: onnxType(type),
    dims: dims.map(whole),
    ...(external === undefined
      ? { rawData: new Uint8Array(view.buffer, view.byteOffset, view.byteLength) }
      : { dataLocation: 1, externalData: Object.entries(external).map(([key, value]) => ({ key, value })) }),
  };
};

const attributeProto = (given: HostileAttribute): AttributeProto => {
  const { name } = given;
  const of = (fields: object) => create(AttributeProtoSchema, { name, ...fields });
  if ('graph' in given) return of({ type: 5, g: given.graph });
  const { value } = given;
  if (typeof value === 'string') return of({ type: 3, s: Buffer.from(value) });
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? of({ type: 2, i: BigInt(value) }) : of({ type: 1, f: value });
  if ('dims' in value) return of({ type: 4, t: tensorProto(value) });
  return of({ type: 7, ints: value.map(whole) });
};

export interface HostileModel {
  readonly nodes: readonly HostileNode[];
  readonly tensors?: readonly HostileTensor[];
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly opset?: bigint;
  readonly ir?: bigint;
}

const valueInfo = (name: string, dims: readonly bigint[] | undefined) => ({
  name,
  type: {
    value: {
      case: 'tensorType' as const,
      value: {
        elemType: 1,
        ...(dims === undefined
          ? {}
          : { shape: { dim: dims.map((value) => ({ value: { case: 'dimValue' as const, value } })) } }),
      },
    },
  },
});

/** A model from float32 x [1, 4] to y, written without looking at what it says. */
export const modelBytes = ({
  nodes,
  tensors = [],
  inputs = ['x'],
  outputs = ['y'],
  opset = 21n,
  ir = 10n,
}: HostileModel): Uint8Array =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: ir,
      opsetImport: [{ domain: '', version: opset }],
      graph: {
        name: 'graph',
        node: nodes.map(({ opType, inputs: input, outputs: output, attributes }) => ({
          opType,
          input: [...input],
          output: [...output],
          attribute: attributes.map(attributeProto),
        })),
        initializer: tensors.map(tensorProto),
        input: inputs.map((name) => valueInfo(name, [1n, 4n])),
        output: outputs.map((name) => valueInfo(name, undefined)),
      },
    }),
  );
