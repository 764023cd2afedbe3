import { InvalidArgumentError } from '@entrgi/core';
import type { PickedFiles, Role } from '../protocol/model-choice.js';

type Entry = readonly [path: string, file: File];

/** The files of one model as a picker gives them. Throws InvalidArgumentError, in words for whoever picked them, where there is no model among them. */
export const pickedModel = (files: Iterable<File>): PickedFiles =>
  modelOf(Array.from(files, (file): Entry => [file.webkitRelativePath || file.name, file]));

/** What was dropped: models, by what config.json says that they are, or else files, those in folders too. */
export interface Dropped {
  readonly models?: Partial<Record<Role, PickedFiles>>;
  readonly files: readonly File[];
}

/** Looks into what was dropped. Throws InvalidArgumentError, in words for whoever dropped it, for parts of a model, two models of one kind, and nothing. */
export const lookIntoDropped = async (items: Iterable<DataTransferItem>): Promise<Dropped> => {
  // Items are gone as soon as this returns to the browser.
  const roots = Array.from(items, (item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const entries = (await Promise.all(roots.map((root) => (root === null ? [] : filesIn(root))))).flat();
  const files = entries.map(([, file]) => file);
  if (files.length === 0) {
    const [name = 'What was dropped'] = roots.flatMap((root) => root?.name ?? []);
    throw new InvalidArgumentError(`${name} is empty: expected a model’s folder, or traces.`, {
      value: name,
    });
  }
  if (!entries.some(([path]) => /(^|\/)config\.json$|\.(safetensors|onnx|gguf|bin)$/.test(path))) {
    return { files };
  }
  const models: Partial<Record<Role, PickedFiles>> = {};
  for (const home of homesOf(entries)) {
    const own = entries.filter(([path]) => path.startsWith(home));
    const config = own.find(([path]) => path === `${home}config.json`)![1];
    const role = /ForSequenceClassification/.test(await config.text()) ? 'reward' : 'denoiser';
    const model = modelOf(own);
    const other = models[role];
    if (other !== undefined) {
      throw new InvalidArgumentError(
        `${other.name} and ${model.name} are both a ${role}: drop one of them, and at most one other model.`,
        { value: model.name },
      );
    }
    models[role] = model;
  }
  // Says that there is none.
  if (Object.keys(models).length === 0) modelOf(entries);
  return { models, files };
};

const modelOf = (entries: readonly Entry[]): PickedFiles => {
  const [home] = homesOf(entries);
  if (home !== undefined) {
    return { name: home === '' ? 'files' : home.split('/').at(-2)!, files: new Map(entries) };
  }
  const [path = 'nothing'] = entries.map(([each]) => each);
  const [, folder] = /^([^/]+)\//.exec(path) ?? [];
  throw new InvalidArgumentError(
    folder === undefined
      ? `${path} is no model: expected its folder, or config.json with the weights (.safetensors or .onnx) and tokenizer.json.`
      : `${folder} is no model: there is no config.json in it. A model’s folder has config.json, the weights (.safetensors or .onnx) and tokenizer.json.`,
    { value: path },
  );
};

/** Folders with a config.json that are in no other, with a slash at their ends. */
const homesOf = (entries: readonly Entry[]): string[] => {
  const homes = entries
    .filter(([path]) => /(^|\/)config\.json$/.test(path))
    .map(([path]) => path.slice(0, -'config.json'.length))
    .toSorted((a, b) => a.length - b.length);
  return homes.filter((home, i) => !homes.slice(0, i).some((outer) => home.startsWith(outer)));
};

/** Folders in folders that are looked into. */
const DEEPEST = 4;

const filesIn = async (entry: FileSystemEntry | File, above = '', depth = 0): Promise<Entry[]> => {
  if (entry instanceof File) return [[entry.name, entry]];
  const path = `${above}${entry.name}`;
  if (entry.isFile) {
    return [[path, await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail))]];
  }
  if (depth === DEEPEST) return [];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Entry[] = [];
  for (;;) {
    // A hundred at a time, until none are left.
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return found;
    found.push(...(await Promise.all(some.map((each) => filesIn(each, `${path}/`, depth + 1)))).flat());
  }
};
