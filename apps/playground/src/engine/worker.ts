// Everything that takes long: the models, and the loops over them. The page only draws.
import { EntrgiError } from '@entrgi/core';
import type { Report, Request } from '../protocol/protocol.js';
import { type Gate, gate } from './gate.js';
import { type LoadedModels, loadModels } from './load-models.js';
import { runLanes } from './run-lanes.js';

const scope = globalThis as unknown as {
  postMessage(report: Report): void;
  onmessage: (event: { data: Request }) => void;
};
const tell = (report: Report) => scope.postMessage(report);

let loaded: LoadedModels | undefined;
let running: { readonly gate: Gate; readonly stop: AbortController } | undefined;

const fail = (error: unknown): void => {
  const message = error instanceof Error ? error.message : String(error);
  tell({ type: 'failed', code: error instanceof EntrgiError ? error.code : 'unknown', message });
};

const load = async (request: Request & { type: 'load' }): Promise<void> => {
  loaded = await loadModels(request, (progress) => tell({ type: 'loading', ...progress }));
  const { denoiser } = loaded.models;
  const { vocabulary } = denoiser;
  tell({
    type: 'ready',
    device: loaded.device,
    tokens: vocabulary.spelling?.texts ?? vocabulary.tokens,
    maskId: vocabulary.maskId!,
    endIds: vocabulary.endIds,
  });
};

const run = async ({ run: number, lanes, settings, paused }: Request & { type: 'run' }): Promise<void> => {
  running?.stop.abort();
  const own = { gate: gate(paused), stop: new AbortController() };
  running = own;
  try {
    const { signal } = own.stop;
    await runLanes(loaded!.models, settings, {
      lanes,
      gate: own.gate,
      signal,
      show: (frame) => signal.aborted || tell({ type: 'frame', run: number, frame }),
    });
    if (running === own) tell({ type: 'done', run: number });
  } catch (error) {
    if (!own.stop.signal.aborted) throw error;
    if (running === own) tell({ type: 'stopped', run: number });
  }
};

scope.onmessage = async ({ data: request }) => {
  try {
    if (request.type === 'load') await load(request);
    else if (request.type === 'run') await run(request);
    else if (request.type === 'stop') running?.stop.abort();
    else running?.gate[request.type]();
  } catch (error) {
    fail(error);
  }
};
