import { type Signal, signal } from '@preact/signals';
import type { Report, Request, RunSettings } from '../protocol/protocol.js';
import { startEngine } from './engine.js';
import { attempt, type Life, newLife } from './life.js';
import { type Look, newLook } from './look.js';
import { createModelChange, type ModelChange } from './model-change.js';
import type { ModelDraft } from './model-place.js';
import { createRuns, type Runs } from './runs.js';

/** Everything that the page shows, and what can be done with it. */
export interface Store extends Life, Look, ModelChange, Runs {
  readonly settings: Signal<RunSettings>;
  /** Where the token goes. */
  readonly hub: URL;
  /** Loads everything again, in the way of the remedy, and what was running then begins anew. */
  restart(): void;
  /** Does what may fail, which then is the problem that is shown. */
  attempt(work: () => Promise<void>): Promise<void>;
  dispose(): void;
}

/** Has a worker load the models, and keeps what it reports. */
export const createStore = (
  startWorker: () => Worker,
  initial: RunSettings,
  asked: ModelDraft,
  load: Omit<Request & { type: 'load' }, 'type'>,
): Store => {
  const settings = signal(initial);
  const life = newLife();
  const look = newLook();
  const { status, loading, problem, remedy, words, device } = life;
  let wasInterrupted = false;
  let isRestarted = false;

  const ready = (report: Report & { type: 'ready' }): void => {
    const isSame = models.are(report.models);
    const isBack = isRestarted && isSame;
    if (isRestarted && !isSame) models.change.modelProblem.value = 'These models have gone: load them again.';
    isRestarted = false;
    if (words.value !== undefined && !isBack) runs.startAnew(report.models);
    words.value = report;
    device.value = report.device;
    if (!isBack) runs.clearLanes();
    models.take(report.models);
    loading.value = undefined;
    status.value = 'ready';
    if (wasInterrupted) runs.repeat();
    wasInterrupted = false;
  };
  const fail = (report: Report & { type: 'failed' }): void => {
    problem.value = report;
    const isOver = status.value === 'loading' || report.code === 'worker' || report.code === 'device-lost';
    if (isOver) {
      wasInterrupted ||= status.value === 'running' || status.value === 'paused';
      remedy.value = report.code === 'device-lost' ? 'wasm' : remedy.value;
    }
    if (status.value !== 'failed') status.value = isOver ? 'failed' : 'stopped';
  };
  const take = (report: Report): void => {
    if (report.type === 'loading') loading.value = report;
    else if (report.type === 'ready') ready(report);
    else if (report.type === 'alive') life.others.value = report.others;
    else if (report.type === 'refused') models.refuse(report);
    else if (report.type === 'frame') runs.add(report);
    else if (report.type === 'failed') fail(report);
    else runs.end(report);
  };

  const engine = startEngine(startWorker, take);
  const { ask } = engine;
  const askToLoad = () =>
    ask({ type: 'load', ...load, ...(remedy.value === 'wasm' ? { device: 'wasm' as const } : {}) });
  const restart = (): void => {
    if (status.value !== 'failed') return;
    problem.value = undefined;
    loading.value = undefined;
    status.value = 'loading';
    models.forget();
    isRestarted = true;
    engine.restart();
    askToLoad();
  };
  const runs = createRuns({ life, look, settings, ask, names: () => models.change.models.value });
  const models = createModelChange({ life, asked, ask, leaveRun: runs.leave, restart });
  askToLoad();

  return {
    ...life,
    ...look,
    ...models.change,
    ...runs.runs,
    settings,
    hub: hubAt(load.hub),
    restart,
    attempt: (work) => attempt(life, work),
    dispose: engine.dispose,
  };
};

const HUB = 'https://huggingface.co';

/** A mirror that is no address will be said to be out of reach. */
const hubAt = (address = HUB): URL => new URL(URL.canParse(address) ? address : HUB);
