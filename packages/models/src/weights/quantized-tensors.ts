import { CheckpointError, NotWritableError } from '@entrgi/core';
import type { Checkpoint, StoredTensor } from '../checkpoint/checkpoint.js';
import { readSafetensorsHeader } from '../checkpoint/safetensors.js';
import { nodeFolder } from '../files/node-folder.js';
import type { PackedTensors } from './packed-weights.js';
import type { Quantization } from './quantize.js';
import { isIntact, placeHint, type QuantizedContents, writeQuantizedFile } from './quantized-file.js';
import type { WeightOptions } from './weight-options.js';

/** Changes whenever the same weights would be written differently. */
const FORMAT = 2;

/** Quantized matrices, and the folder that they and the checkpoint's own tensors are now relative to. */
export interface QuantizedTensors {
  readonly folder: string;
  readonly packed: PackedTensors;
  /** The checkpoint's tensors, relative to that folder. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * The quantized form of some matrices of a checkpoint, from the file that an earlier call made, or made now.
 * The file's name tells what it was made of (sizes and times of the weight files, layout, settings): after a
 * change another is made. Old ones may be deleted at any time.
 * @throws what writeQuantizedFile throws
 */
export const quantizedTensors = async (
  checkpoint: Checkpoint,
  names: readonly string[],
  how: { readonly quantization: Quantization; readonly transposed: boolean },
  { quantizedDir, onQuantize, signal }: WeightOptions,
): Promise<QuantizedTensors> => {
  const { mkdir, realpath } = await import('node:fs/promises');
  const { dirname, join } = await import('node:path');
  const { writeFailure } = await import('@entrgi/onnx/node');
  const { name, folder } = checkpoint;
  const sources = new Map(names.map((each) => [each, checkpoint.tensors.get(each)!]));
  const contents: QuantizedContents = { folder, sources, ...how };
  const { bits } = how.quantization;
  const fileName = `${name}-q${bits}-${await fingerprint(contents)}.safetensors`;
  const paths = (await foldersFor(checkpoint, quantizedDir)).map((each) => join(each, fileName));

  const found = async () => {
    for (const path of paths) {
      const tensors = await readQuantized(path, contents, signal);
      if (tensors !== undefined) return { path: await realpath(path), tensors };
    }
    return undefined;
  };
  const totalBytes = [...sources.values()].reduce((sum, { length }) => sum + length, 0);
  const made = async () => {
    for (const [i, path] of paths.entries()) {
      try {
        await mkdir(dirname(path), { recursive: true }).catch((error) => {
          throw writeFailure(error, dirname(path), placeHint);
        });
        const onBytes = (doneBytes: number) => onQuantize?.({ name, doneBytes, totalBytes });
        await writeQuantizedFile(path, contents, { onBytes, signal });
        return (await found())!;
      } catch (error) {
        if (!NotWritableError.isInstance(error) || i === paths.length - 1) throw error;
      }
    }
    throw new NotWritableError(`${folder}: there is no folder to quantize into.`);
  };

  const { path, tensors } = (await found()) ?? (await made());
  const common = await commonFolder(folder, dirname(path));
  const moved = (file: string) => common.locate(file);
  return {
    folder: common.folder,
    packed: {
      bits,
      tensors: new Map([...tensors].map(([each, entry]) => [each, { ...entry, file: moved(path) }])),
    },
    tensors: new Map(
      [...checkpoint.tensors].map(([each, tensor]) => [
        each,
        { ...tensor, file: moved(join(folder, tensor.file)) },
      ]),
    ),
  };
};

/** Where the file may be, the first choice first. */
const foldersFor = async (
  { directory, folder }: Checkpoint,
  quantizedDir: string | undefined,
): Promise<string[]> => {
  if (quantizedDir !== undefined) return [quantizedDir];
  const { realpath } = await import('node:fs/promises');
  const { homedir } = await import('node:os');
  const { basename, dirname, join } = await import('node:path');
  // Weights in the store that models of a Hugging Face cache share are relative to the cache; the file belongs to the model all the same.
  const repository = dirname(dirname(await realpath(directory)));
  const isShared = dirname(repository) === folder && basename(repository).startsWith('models--');
  return [
    isShared ? repository : folder,
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'entrgi'),
  ];
};

const fingerprint = async ({
  folder,
  sources,
  quantization,
  transposed,
}: QuantizedContents): Promise<string> => {
  const { stat } = await import('node:fs/promises');
  const { createHash } = await import('node:crypto');
  const { join } = await import('node:path');
  const files = [...new Set([...sources.values()].map(({ file }) => file))].sort();
  const facts = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await stat(join(folder, file));
      return [file, size, mtimeMs];
    }),
  );
  const all = JSON.stringify([FORMAT, quantization, transposed, facts, [...sources]]);
  return createHash('sha256').update(all).digest('hex').slice(0, 16);
};

/**
 * The file's tensors; undefined where there is no such file, or it is not what it must be: a bit may have
 * flipped on the disk since.
 */
const readQuantized = async (path: string, contents: QuantizedContents, signal: AbortSignal | undefined) => {
  const { basename, dirname } = await import('node:path');
  const file = await nodeFolder(dirname(path))
    .open(basename(path))
    .catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const entries = await readSafetensorsHeader(file, path);
    return (await isIntact(path, contents, signal)) ? entries : undefined;
  } catch (error) {
    if (CheckpointError.isInstance(error)) return undefined;
    throw error;
  } finally {
    await file.close();
  }
};

/** The innermost folder that holds both, which external data has to be relative to. */
const commonFolder = async (a: string, b: string) => {
  const { parse, relative, sep } = await import('node:path');
  const [first, second] = [a, b].map((path) => path.split(sep)) as [string[], string[]];
  const shared = first.findIndex((part, i) => part !== second[i]);
  const folder =
    (shared < 0 ? first : first.slice(0, shared)).join(sep) || (parse(a).root === sep ? sep : '');
  if (folder === '') {
    throw new CheckpointError(`${b}: expected a folder on the drive of the weights, ${a}.`, {
      value: b,
      hint: 'Pass quantizedDir, a folder on that drive.',
    });
  }
  return { folder, locate: (file: string) => relative(folder, file).split(sep).join('/') };
};
