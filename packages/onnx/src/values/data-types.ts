import { type DataType, InvalidModelError } from '@entrgi/core';

/** What the ONNX format fixes about an element type. */
interface ElementFacts {
  /** Number in TensorProto.DataType. */
  readonly code: number;
  /** Bits per element as stored; 0 for strings, which have no fixed size. */
  readonly bits: number;
}

const elementFacts: Readonly<Record<DataType, ElementFacts>> = {
  float32: { code: 1, bits: 32 },
  uint8: { code: 2, bits: 8 },
  int8: { code: 3, bits: 8 },
  uint16: { code: 4, bits: 16 },
  int16: { code: 5, bits: 16 },
  int32: { code: 6, bits: 32 },
  int64: { code: 7, bits: 64 },
  string: { code: 8, bits: 0 },
  bool: { code: 9, bits: 8 },
  float16: { code: 10, bits: 16 },
  float64: { code: 11, bits: 64 },
  uint32: { code: 12, bits: 32 },
  uint64: { code: 13, bits: 64 },
  bfloat16: { code: 16, bits: 16 },
  uint4: { code: 21, bits: 4 },
  int4: { code: 22, bits: 4 },
};

const typeByCode = new Map<number, DataType>(
  Object.entries(elementFacts).map(([type, { code }]) => [code, type as DataType]),
);

/** The number that ONNX files use for an element type. */
export const onnxType = (type: DataType): number => elementFacts[type].code;

/**
 * The element type of a number in an ONNX file; throws InvalidModelError for types that are not supported.
 */
export function dataTypeOf(code: number, what: string): DataType {
  const type = typeByCode.get(code);
  if (type === undefined) {
    throw new InvalidModelError(
      `${what}: expected an element type out of ${[...typeByCode.keys()].join(', ')}, got ${code}.`,
      { value: code },
    );
  }
  return type;
}

/**
 * Bytes that `elements` elements take, 4-bit types two to a byte. Strings have no fixed size:
 * InvalidModelError.
 */
export function byteSize(type: DataType, elements: number): number {
  const { bits } = elementFacts[type];
  if (bits === 0)
    throw new InvalidModelError('A tensor of strings has no fixed size in bytes.', { value: type });
  return Math.ceil((elements * bits) / 8);
}

/** Whether a type has a fractional part. */
export const isFloat = (type: DataType): boolean =>
  type === 'float32' || type === 'float64' || type === 'float16' || type === 'bfloat16';
