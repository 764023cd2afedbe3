import { readJson } from './json-file.js';
import { nodeFolder } from './node-folder.js';
import { qwenTokenizerFiles } from './qwen-tokenizer-file.js';
import { readWeightMap } from './weight-map.js';

const indexFile = 'model.safetensors.index.json';

/** What a checkpoint needs and a directory does not have, by name; throws CheckpointError where its index of shards cannot be read. */
export const missingFiles = async (directory: string): Promise<string[]> => {
  const folder = nodeFolder(directory);
  const isThere = async (file: string): Promise<boolean> => {
    const opened = await folder.open(file);
    await opened?.close();
    return opened !== undefined;
  };
  const hasVocabulary = (await Promise.all(qwenTokenizerFiles.map(isThere))).every((there) => there);
  const wanted = ['config.json', ...(hasVocabulary ? [] : ['tokenizer.json'])];
  if (!(await isThere('model.safetensors'))) {
    const index = await readJson(folder, indexFile);
    wanted.push(
      ...(index === undefined
        ? ['model.safetensors']
        : new Set(readWeightMap(index, `${directory}/${indexFile}`).values())),
    );
  }
  const there = await Promise.all(wanted.map(isThere));
  return wanted.filter((_, i) => !there[i]);
};
