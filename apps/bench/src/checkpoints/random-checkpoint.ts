import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fillTokenizer } from './fill-tokenizer.js';
import type { Shape } from './shapes.js';

const DEVIATION = 0.02;

/**
 * Writes a checkpoint in Hugging Face layout with weights uniform around 0 (norms: 1), unless it is there already; memory stays at some
 * megabytes whatever the size. What a shape leaves zero is a hole in the file, which takes no room. The tokenizer is another checkpoint's,
 * filled up to the length of the embedding table.
 */
export function writeRandomCheckpoint(directory: string, shape: Shape, tokenizerFrom: string): void {
  const { config, tensors, storage = 'F32', deviations = {}, filled } = shape;
  const target = join(directory, 'model.safetensors');
  if (existsSync(target)) return;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config, null, 2));
  fillTokenizer(tokenizerFrom, directory, config.vocab_size as number);

  const file = openSync(`${target}.partial`, 'w');
  let end = writeHeader(file, tensors, storage);
  const noise = noiseOf(storage);
  for (const [name, dims] of Object.entries(tensors)) {
    const size = dims.reduce((product, length) => product * length, 1);
    if (name.includes('norm'))
      writeSync(file, stored(new Float32Array(size).fill(1), storage), 0, undefined, end);
    else noise.write(file, end, Math.floor(size * (filled?.(name) ?? 1)), deviations[name] ?? DEVIATION);
    end += size * bytesOf[storage];
  }
  ftruncateSync(file, end);
  closeSync(file);
  renameSync(`${target}.partial`, target);
}

const bytesOf = { F32: 4, BF16: 2 } as const;

/** Returns where the tensors begin. */
const writeHeader = (file: number, tensors: Shape['tensors'], storage: 'F32' | 'BF16'): number => {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const [name, shape] of Object.entries(tensors)) {
    const bytes = shape.reduce((product, size) => product * size, bytesOf[storage]);
    header[name] = { dtype: storage, shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  let json = JSON.stringify(header);
  json += ' '.repeat((8 - (json.length % 8)) % 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeSync(file, length, 0, 8, 0);
  writeSync(file, json, 8);
  return 8 + json.length;
};

/** One block of noise, read from a moving start: random enough for timing, and quick for gigabytes. */
const noiseOf = (storage: 'F32' | 'BF16') => {
  const unit = new Float32Array(1 << 20);
  let state = 1;
  for (let i = 0; i < unit.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    unit[i] = (state / 2 ** 31 - 1) * Math.sqrt(3);
  }
  const blocks = new Map<number, Float32Array | Uint16Array>();
  let start = 0;
  return {
    write(file: number, from: number, size: number, deviation: number): void {
      let block = blocks.get(deviation);
      if (block === undefined) {
        block = stored(
          unit.map((value) => value * deviation),
          storage,
        );
        blocks.set(deviation, block);
      }
      for (let done = 0; done < size; ) {
        const count = Math.min(size - done, block.length - start);
        const bytes = block.subarray(start, start + count);
        writeSync(file, bytes, 0, bytes.byteLength, from + done * bytesOf[storage]);
        done += count;
        start = (start + count + 12_345) % (block.length >> 1);
      }
    },
  };
};

/** bfloat16 is the upper half of float32. */
const stored = (values: Float32Array, storage: 'F32' | 'BF16'): Float32Array | Uint16Array =>
  storage === 'F32' ? values : Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16);
