import { CheckpointError, type DataType, UnsupportedError } from '@entrgi/core';
import { elementCount } from '@entrgi/onnx/internal';
import type { ByteSource } from '../files/byte-source.js';
import { strictJson } from '../files/strict-json.js';
import { FOREIGN_CURE } from './foreign-weights.js';

/** Where a tensor's bytes lie in a .safetensors file. */
export interface SafetensorsEntry {
  readonly type: DataType;
  readonly dims: readonly number[];
  /** Byte offset from the start of the file, and length. */
  readonly offset: number;
  readonly length: number;
}

const dataTypes: Readonly<Record<string, readonly [DataType, number]>> = {
  BOOL: ['bool', 1],
  U8: ['uint8', 1],
  I8: ['int8', 1],
  U16: ['uint16', 2],
  I16: ['int16', 2],
  F16: ['float16', 2],
  BF16: ['bfloat16', 2],
  U32: ['uint32', 4],
  I32: ['int32', 4],
  F32: ['float32', 4],
  U64: ['uint64', 8],
  I64: ['int64', 8],
  F64: ['float64', 8],
};

/** Types of the format that only quantized weights have. */
const foreignTypes = /^(?:F8_|F6_|F4$)/;

/** The format's own limit. */
const longestHeader = 100_000_000;

/**
 * Reads the header of a .safetensors file: tensors by name. The bytes of the tensors are not read. The file
 * is 8 bytes of header length (little-endian), the header (JSON), then the tensors' bytes, every byte in
 * exactly one tensor. Source: https://huggingface.co/docs/safetensors, "Format".
 * @throws CheckpointError, naming `name`, for anything else
 */
export const readSafetensorsHeader = async (
  source: ByteSource,
  name: string,
): Promise<Map<string, SafetensorsEntry>> => {
  const fail = (message: string, value?: unknown): never => {
    throw new CheckpointError(`${name}: ${message}.`, { value, hint: 'Download the file again.' });
  };
  if (source.size < 8) fail(`expected at least 8 bytes, got ${source.size}`, source.size);
  const prefix = await source.read(0, 8);
  const headerLength = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (headerLength > longestHeader) fail(`expected a header of at most 100 MB, got ${headerLength} bytes`);
  const start = 8 + Number(headerLength);
  if (start > source.size) {
    fail(`expected a header of ${headerLength} bytes, but the file ends after ${source.size - 8}`);
  }
  const header = parseHeader(await source.read(8, Number(headerLength)), fail);

  const entries = new Map<string, SafetensorsEntry>();
  for (const [tensor, description] of Object.entries(header)) {
    if (tensor === '__metadata__') checkMetadata(description, fail);
    else entries.set(tensor, readEntry(tensor, description, { name, start, fileSize: source.size, fail }));
  }
  checkCoverage(entries, start, source.size, fail);
  return entries;
};

type Fail = (message: string, value?: unknown) => never;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseHeader = (bytes: Uint8Array, fail: Fail): Record<string, unknown> => {
  if (bytes[0] !== 0x7b) fail("expected a header that begins with '{'");
  let header: unknown;
  try {
    header = strictJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    fail(`the header is not JSON (${(error as Error).message})`);
  }
  return isObject(header) ? header : fail('expected a JSON object as header', header);
};

const checkMetadata = (metadata: unknown, fail: Fail): void => {
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    fail('expected __metadata__ to hold strings', metadata);
  }
};

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const readEntry = (
  tensor: string,
  description: unknown,
  { name, start, fileSize, fail }: { name: string; start: number; fileSize: number; fail: Fail },
): SafetensorsEntry => {
  if (!isObject(description)) return fail(`tensor ${tensor}: expected an object`, description);
  const { dtype, shape, data_offsets: offsets } = description;
  if (typeof dtype === 'string' && foreignTypes.test(dtype)) {
    throw new UnsupportedError(`${name}: tensor ${tensor} is stored as ${dtype}, which is not read.`, {
      value: dtype,
      hint: FOREIGN_CURE,
    });
  }
  if (typeof dtype !== 'string' || !Object.hasOwn(dataTypes, dtype)) {
    return fail(
      `tensor ${tensor}: expected a dtype among ${Object.keys(dataTypes).join(', ')}, got ${JSON.stringify(dtype)}`,
      dtype,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    return fail(
      `tensor ${tensor}: expected a shape of whole numbers from 0, got ${JSON.stringify(shape)}`,
      shape,
    );
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    return fail(
      `tensor ${tensor}: expected two data_offsets from 0, got ${JSON.stringify(offsets)}`,
      offsets,
    );
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > fileSize - start) {
    fail(
      `tensor ${tensor}: expected data_offsets in ascending order up to ${fileSize - start}, got [${begin}, ${end}]`,
      offsets,
    );
  }
  const [type, size] = dataTypes[dtype]!;
  const length = size * elementCount(shape as number[]);
  if (length !== end - begin) {
    fail(
      `tensor ${tensor}: ${dtype} of shape [${shape.join(', ')}] takes ${length} bytes, but data_offsets span ${end - begin}`,
      description,
    );
  }
  return { type, dims: shape as number[], offset: start + begin, length };
};

/** The tensors tile the rest of the file: no overlap, no hole, nothing after the last. */
const checkCoverage = (
  entries: ReadonlyMap<string, SafetensorsEntry>,
  start: number,
  end: number,
  fail: Fail,
) => {
  const sorted = [...entries].sort(([, a], [, b]) => a.offset - b.offset || a.length - b.length);
  let reached = start;
  for (const [tensor, { offset, length }] of sorted) {
    if (offset < reached) fail(`tensor ${tensor} overlaps the one before it`, tensor);
    if (offset > reached)
      fail(`${offset - reached} bytes before tensor ${tensor} belong to no tensor`, tensor);
    reached = offset + length;
  }
  if (reached !== end) fail(`${end - reached} bytes after the last tensor belong to no tensor`);
};
