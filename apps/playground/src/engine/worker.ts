// Everything that takes long: the models, and the loops over them. The page only draws.
import type { ModelNames } from '../protocol/model-choice.js';
import type { Report, Request } from '../protocol/protocol.js';
import { type Gate, gate } from './gate.js';
import { type LoadedModels, loadModels } from './load-models.js';
import { loadOwnModels, type OwnModels } from './own-models.js';
import { runLanes } from './run-lanes.js';
import { sentenceOf, sentenceOfStart } from './sentence-of.js';
import { tellLife } from './tell-life.js';

const scope = globalThis as unknown as {
  postMessage(report: Report): void;
  onmessage: (event: { data: Request }) => void;
};
const tell = (report: Report) => scope.postMessage(report);

let loaded: LoadedModels | undefined;
let hub: string | undefined;
let own: (OwnModels & { readonly names: ModelNames }) | undefined;
let changing: AbortController | undefined;
let running:
  | { readonly gate: Gate; readonly stop: AbortController; readonly ended: Promise<void> }
  | undefined;

void tellLife((lock, others) => tell({ type: 'alive', lock, others }));

const load = async (request: Request & { type: 'load' }): Promise<void> => {
  hub = request.hub;
  loaded = await loadModels(request, (progress) => tell({ type: 'loading', ...progress }));
  ready();
};

const ready = (): void => {
  const { denoiser } = own?.models ?? loaded!.models;
  const { vocabulary } = denoiser;
  tell({
    type: 'ready',
    device: loaded!.device,
    models: own?.names ?? {},
    tokens: vocabulary.spelling?.texts ?? vocabulary.tokens,
    maskId: vocabulary.maskId!,
    endIds: vocabulary.endIds,
  });
};

/** The embedded models stay; of others there may be no room for two. */
const change = async ({ models: choice, token }: Request & { type: 'change' }): Promise<void> => {
  changing?.abort();
  const controller = new AbortController();
  changing = controller;
  running?.stop.abort();
  await running?.ended;
  const before = own;
  own = undefined;
  await before?.dispose();
  const { signal } = controller;
  try {
    const { backend, models: embedded } = loaded!;
    if (choice.denoiser !== undefined || choice.reward !== undefined) {
      const models = await loadOwnModels(choice, {
        backend,
        embedded,
        hub,
        token,
        signal,
        tell: (progress) => signal.aborted || tell({ type: 'loading', ...progress }),
      });
      if (changing !== controller) return await models.dispose();
      own = {
        ...models,
        names: {
          denoiser: choice.denoiser && models.models.denoiser.name,
          reward: choice.reward && models.models.story.name,
        },
      };
    }
    ready();
  } catch (error) {
    // Another change has begun, and will say how it ends.
    if (changing !== controller) return;
    tell({ type: 'refused', ...(signal.aborted ? { code: 'aborted', message: '' } : sentenceOf(error)) });
    if (before !== undefined) ready();
  }
};

const run = async ({ run: number, lanes, settings, paused }: Request & { type: 'run' }): Promise<void> => {
  running?.stop.abort();
  const stop = new AbortController();
  const { signal } = stop;
  const steps = gate(paused);
  const work = runLanes(own?.models ?? loaded!.models, settings, {
    lanes,
    gate: steps,
    signal,
    show: (frame) => signal.aborted || tell({ type: 'frame', run: number, frame }),
  });
  const mine = { gate: steps, stop, ended: work.catch(() => {}) };
  running = mine;
  try {
    await work;
    if (running === mine) tell({ type: 'done', run: number });
  } catch (error) {
    if (!signal.aborted) throw error;
    if (running === mine) tell({ type: 'stopped', run: number });
  }
};

scope.onmessage = async ({ data: request }) => {
  try {
    if (request.type === 'load') await load(request);
    else if (request.type === 'change') await change(request);
    else if (request.type === 'keep') changing?.abort();
    else if (request.type === 'run') await run(request);
    else if (request.type === 'stop') running?.stop.abort();
    else running?.gate[request.type]();
  } catch (error) {
    // For those who look for the cause: of what comes with the page, a visitor is not told it.
    if (request.type === 'load') console.warn(error);
    tell({ type: 'failed', ...(request.type === 'load' ? sentenceOfStart(error) : sentenceOf(error)) });
  }
};
