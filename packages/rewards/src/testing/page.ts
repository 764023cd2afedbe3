// What the test's page can do.
import { webBackend } from '@entrgi/backend-web';
import { type Folder, fileFolder } from '@entrgi/models';
import { loadReward } from '../load-reward.js';

/** Files of a folder as a visitor would pick them. */
const pick = async (address: string, paths: readonly string[]): Promise<Folder> => {
  const files = paths.map(async (path) => {
    const bytes = await (await fetch(`${address}/${path}`)).blob();
    const file = new File([bytes], path.split('/').at(-1)!);
    return Object.defineProperty(file, 'webkitRelativePath', { value: `picked/${path}` });
  });
  return fileFolder(await Promise.all(files));
};

/** Scores of responses by a classifier at an address, or by one whose files were picked there. */
const scoresOf = async (
  address: string,
  picked: readonly string[] | undefined,
  prompt: string,
  responses: readonly string[],
): Promise<{ name: string; scores: number[] }> => {
  const backend = webBackend({ wasm: '/runtime/', device: 'wasm', worker: false });
  try {
    const reward = await loadReward(picked === undefined ? address : await pick(address, picked), {
      backend,
    });
    return { name: reward.name, scores: [...(await reward.score(prompt, responses))] };
  } finally {
    await backend.dispose();
  }
};

Object.assign(globalThis, { scoresOf });
