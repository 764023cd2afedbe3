import { type DataType, InvalidModelError, type TensorData } from '@entrgi/core';
import type { TensorProto } from '../generated/onnx_pb.js';
import { checkExternalLocation } from '../model/external-location.js';
import type { ExternalInitializer, Initializer, InlineInitializer } from '../model/model.js';
import { byteSize, dataTypeOf } from '../values/data-types.js';
import { countElements } from '../values/tensor-size.js';
import { decodeInteger, decodeText } from './decode-scalar.js';

const EXTERNAL = 1;

/**
 * A TensorProto as plain data; its bytes are copied. InvalidModelError where shape, type and data disagree.
 */
export function decodeTensor(proto: TensorProto, what: string): Initializer {
  const type = dataTypeOf(proto.dataType, what);
  const dims = proto.dims.map((size) => decodeInteger(size, what));
  const count = countElements(dims, what);
  if (proto.segment.length > 0) throw new InvalidModelError(`${what}: segmented tensors are not supported.`);
  if (proto.dataLocation === EXTERNAL) return decodeExternal(proto, type, dims, count, what);
  if (proto.dataLocation !== 0 || proto.externalData.length > 0) {
    throw new InvalidModelError(`${what}: expected data location 0 or 1, got ${proto.dataLocation}.`, {
      value: proto.dataLocation,
    });
  }
  const data = type === 'string' ? decodeStrings(proto, what) : decodeNumbers(proto, type, count, what);
  const expected = type === 'int4' || type === 'uint4' ? byteSize(type, count) : count;
  if (data.length !== expected) {
    throw new InvalidModelError(
      `${what}: expected ${count} elements of ${type} for shape [${dims}], got ${data.length}.`,
      { value: dims },
    );
  }
  return { type, dims, data } as InlineInitializer;
}

function decodeExternal(
  proto: TensorProto,
  type: DataType,
  dims: number[],
  count: number,
  what: string,
): ExternalInitializer {
  if (proto.rawData.length > 0 || hasTypedData(proto)) {
    throw new InvalidModelError(`${what}: expected data inside or outside the model, got both.`);
  }
  const entries = new Map<string, string>();
  for (const { key, value } of proto.externalData) {
    if (entries.has(key))
      throw new InvalidModelError(`${what}: external data names '${key}' twice.`, { value: key });
    entries.set(key, value);
  }
  const location = entries.get('location') ?? '';
  checkExternalLocation(location, what);
  const size = byteSize(type, count);
  const offset = decodeCount(entries.get('offset') ?? '0', `${what}: offset`);
  const length = decodeCount(entries.get('length') ?? String(size), `${what}: length`);
  if (length !== size) {
    throw new InvalidModelError(
      `${what}: expected ${size} bytes of external data for ${type} [${dims}], got ${length}.`,
      { value: length },
    );
  }
  if (!Number.isSafeInteger(offset + length)) {
    throw new InvalidModelError(`${what}: offset ${offset} and length ${length} overflow.`, {
      value: offset,
    });
  }
  return { type, dims, external: { location, offset, length } };
}

function decodeCount(text: string, what: string): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number)) {
    throw new InvalidModelError(
      `${what}: expected a decimal number from 0 to 2⁵³, got ${JSON.stringify(text)}.`,
      {
        value: text,
      },
    );
  }
  return number;
}

function decodeStrings(proto: TensorProto, what: string): readonly string[] {
  if (proto.rawData.length > 0) throw new InvalidModelError(`${what}: strings cannot be raw data.`);
  return proto.stringData.map((bytes) => decodeText(bytes, what));
}

type Numeric = Exclude<DataType, 'string'>;

function decodeNumbers(proto: TensorProto, type: Numeric, count: number, what: string): TensorData[Numeric] {
  if (proto.rawData.length > 0) {
    if (hasTypedData(proto))
      throw new InvalidModelError(`${what}: expected raw data or typed data, got both.`);
    const size = byteSize(type, count);
    if (proto.rawData.length !== size) {
      throw new InvalidModelError(
        `${what}: expected ${size} bytes for ${type} of ${count} elements, got ${proto.rawData.length}.`,
        { value: proto.rawData.length },
      );
    }
    // A copy, not slice(): a Buffer's slice shares its memory.
    const data = viewAs(type, new Uint8Array(proto.rawData).buffer);
    return type === 'bool' ? checkTruth(data as Uint8Array, what) : data;
  }
  return decodeTyped(proto, type, what);
}

/** Little-endian bytes as elements. */
export function viewAs(type: Numeric, buffer: ArrayBuffer): TensorData[Numeric] {
  switch (type) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'uint64':
      return new BigUint64Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    case 'uint8':
    case 'bool':
    case 'int4':
    case 'uint4':
      return new Uint8Array(buffer);
  }
}

/**
 * The typed fields: float_data, double_data, int64_data, uint64_data (also uint32), int32_data (everything of
 * 32 bits or fewer).
 */
function decodeTyped(proto: TensorProto, type: Numeric, what: string): TensorData[Numeric] {
  switch (type) {
    case 'float32':
      return Float32Array.from(proto.floatData);
    case 'float64':
      return Float64Array.from(proto.doubleData);
    case 'int64':
      return BigInt64Array.from(proto.int64Data);
    case 'uint64':
      return BigUint64Array.from(proto.uint64Data);
    case 'uint32':
      return Uint32Array.from(inRange(proto.uint64Data.map(Number), 0, 2 ** 32 - 1, what));
    case 'int32':
      return Int32Array.from(proto.int32Data);
    case 'int16':
      return Int16Array.from(inRange(proto.int32Data, -(2 ** 15), 2 ** 15 - 1, what));
    case 'int8':
      return Int8Array.from(inRange(proto.int32Data, -128, 127, what));
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return Uint16Array.from(inRange(proto.int32Data, 0, 2 ** 16 - 1, what));
    case 'uint8':
    case 'int4':
    case 'uint4':
      return Uint8Array.from(inRange(proto.int32Data, 0, 255, what));
    case 'bool':
      return Uint8Array.from(inRange(proto.int32Data, 0, 1, what));
  }
}

function inRange(values: readonly number[], low: number, high: number, what: string): readonly number[] {
  const wrong = values.find((value) => value < low || value > high);
  if (wrong === undefined) return values;
  throw new InvalidModelError(`${what}: expected elements from ${low} to ${high}, got ${wrong}.`, {
    value: wrong,
  });
}

function checkTruth(data: Uint8Array, what: string): Uint8Array {
  const wrong = data.find((value) => value > 1);
  if (wrong === undefined) return data;
  throw new InvalidModelError(`${what}: expected truth values 0 or 1, got ${wrong}.`, { value: wrong });
}

const hasTypedData = (proto: TensorProto): boolean =>
  proto.floatData.length +
    proto.doubleData.length +
    proto.int32Data.length +
    proto.int64Data.length +
    proto.uint64Data.length +
    proto.stringData.length >
  0;
