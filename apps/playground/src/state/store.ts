import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { isStoryteller, type ModelNames } from '../protocol/model-choice.js';
import {
  type Device,
  type EditedToken,
  type Lane,
  type LockedToken,
  lanes,
  type Report,
  type Request,
  type RunSettings,
} from '../protocol/protocol.js';
import { examples, promptOf } from '../settings/default-settings.js';
import { startEngine } from './engine.js';
import { type LaneHistory, laneHistory } from './lane-history.js';
import { choiceOf, embeddedModels, type ModelDraft } from './model-place.js';
import { readTrace } from './read-trace.js';
import type { Words } from './words.js';

export type Status = 'loading' | 'ready' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';

/** What a token's colour says. */
export const colourings = ['certainty', 'guidance', 'gradient', 'entropy', 'step'] as const;
export type Colouring = (typeof colourings)[number];

export interface Loading {
  readonly what: string;
  readonly loaded: number;
  readonly total: number;
}

/** A slot of a lane's shown response. */
export interface Place {
  readonly lane: Lane;
  readonly position: number;
}

/** Everything that the page shows, and what can be done with it. */
export interface Store {
  readonly settings: Signal<RunSettings>;
  readonly status: ReadonlySignal<Status>;
  readonly loading: ReadonlySignal<Loading | undefined>;
  readonly problem: ReadonlySignal<{ readonly code: string; readonly message: string } | undefined>;
  /** How to go on where the status is `failed`: as before, or without the graphics card. */
  readonly remedy: ReadonlySignal<'again' | 'wasm'>;
  /** How many other tabs of this browser show the playground; counted when this one was loaded. */
  readonly others: ReadonlySignal<number>;
  readonly device: ReadonlySignal<Device | undefined>;
  readonly words: ReadonlySignal<Words | undefined>;
  /** The models that are loaded. */
  readonly models: ReadonlySignal<ModelNames>;
  /** What is entered for others, and what of it is loaded. */
  readonly draft: Signal<ModelDraft>;
  readonly loadedDraft: ReadonlySignal<ModelDraft>;
  /** What private models of the hub are asked for with; it is kept nowhere else. */
  readonly token: Signal<string>;
  /** Where the token goes. */
  readonly hub: URL;
  /** Why the models that were asked for are not there. */
  readonly modelProblem: Signal<string | undefined>;
  /** What was run last; undefined before the first run, and while files are shown. */
  readonly shown: ReadonlySignal<RunSettings | undefined>;
  readonly histories: readonly [ReadonlySignal<LaneHistory>, ReadonlySignal<LaneHistory>];
  /** The last step that both lanes have taken; of files, the last one. */
  readonly latest: ReadonlySignal<number>;
  /** The step that is looked at; undefined: the latest. */
  readonly cursor: Signal<number | undefined>;
  readonly colouring: Signal<Colouring>;
  readonly place: Signal<Place | undefined>;
  /** Whether the place stays where it is while the pointer moves on, and what it was chosen with. */
  readonly held: Signal<'pointer' | 'keyboard' | undefined>;
  /** Response that is looked at in each lane; undefined: the one with the highest reward. */
  readonly trajectories: readonly [Signal<number | undefined>, Signal<number | undefined>];
  run(paused?: boolean): void;
  /** Loads everything again, in the way of the remedy, and what was running then begins anew. */
  restart(): void;
  pause(): void;
  resume(): void;
  /** Takes one step, of a new run where none is under way. */
  step(): void;
  stop(): void;
  /** Puts a token in the place of another and runs on from there; what was edited later in that response is undone. */
  edit(edited: EditedToken): void;
  /** Has a token stand from the beginning, in both lanes, from the next run on; or no longer. */
  toggleLock(lock: LockedToken): void;
  /** Shows traces instead of runs, the first one above; what is none of them is a problem, and all stays as it is. */
  open(files: readonly { readonly name: string; readonly text: () => Promise<string> }[]): Promise<void>;
  /** Loads the models of the draft in place of those that are there. */
  changeModels(): void;
  /** Gives up a change that is under way; what has arrived is kept for the next try. */
  keepModels(): void;
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
  const status = signal<Status>('loading');
  const loading = signal<Loading | undefined>(undefined);
  const problem = signal<{ code: string; message: string } | undefined>(undefined);
  const remedy = signal<'again' | 'wasm'>('again');
  const others = signal(0);
  const device = signal<Device | undefined>(undefined);
  const words = signal<Words | undefined>(undefined);
  const models = signal<ModelNames>({});
  const draft = signal(asked);
  const loadedDraft = signal(embeddedModels);
  const token = signal('');
  const modelProblem = signal<string | undefined>(undefined);
  let changing: { readonly draft: ModelDraft; readonly status: Status } | undefined;
  const shown = signal<RunSettings | undefined>(undefined);
  const empty = () =>
    laneHistory({ words: words.value, length: shown.value?.maxNewTokens ?? initial.maxNewTokens });
  const histories = [signal(empty()), signal(empty())] as const;
  const latest = signal(0);
  const cursor = signal<number | undefined>(undefined);
  const trajectories = [
    signal<number | undefined>(undefined),
    signal<number | undefined>(undefined),
  ] as const;
  const place = signal<Place | undefined>(undefined);
  const held = signal<'pointer' | 'keyboard' | undefined>(undefined);
  let current = 0;
  let wasInterrupted = false;
  let isRestarted = false;
  /** Whether there is anybody to ask. */
  const isUp = () => status.value !== 'loading' && status.value !== 'failed';

  const take = (report: Report): void => {
    switch (report.type) {
      case 'loading':
        loading.value = report;
        break;
      case 'ready': {
        const isSame =
          report.models.denoiser === models.value.denoiser && report.models.reward === models.value.reward;
        const isBack = isRestarted && isSame;
        if (isRestarted && !isSame) modelProblem.value = 'These models have gone: load them again.';
        isRestarted = false;
        if (words.value !== undefined && !isBack) startAnew(report.models);
        words.value = report;
        device.value = report.device;
        if (!isBack) for (const history of histories) history.value = empty();
        models.value = report.models;
        loadedDraft.value = changing?.draft ?? embeddedModels;
        changing = undefined;
        loading.value = undefined;
        status.value = 'ready';
        if (wasInterrupted && shown.value !== undefined) start(shown.value, false);
        wasInterrupted = false;
        break;
      }
      case 'alive':
        others.value = report.others;
        break;
      case 'refused': {
        const before = changing?.status ?? 'ready';
        changing = undefined;
        loading.value = undefined;
        modelProblem.value =
          report.code === 'aborted'
            ? 'Stopped. What has arrived is kept, and the next try goes on from there.'
            : report.message;
        status.value = before === 'running' || before === 'paused' ? 'stopped' : before;
        break;
      }
      case 'frame': {
        if (report.run !== current) break;
        const { lane } = report.frame;
        histories[lane].value.add(report.frame);
        // The same history, longer: a new object, so that it is seen.
        histories[lane].value = { ...histories[lane].value };
        latest.value = Math.min(...histories.map(({ value }) => value.frames.at(-1)?.step ?? 0));
        break;
      }
      case 'failed':
        fail(report);
        break;
      default:
        if (report.run === current) status.value = report.type;
    }
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
  const engine = startEngine(startWorker, take);
  const { ask } = engine;
  const askToLoad = () =>
    ask({ type: 'load', ...load, ...(remedy.value === 'wasm' ? { device: 'wasm' as const } : {}) });
  askToLoad();

  const restart = (): void => {
    if (status.value !== 'failed') return;
    problem.value = undefined;
    loading.value = undefined;
    status.value = 'loading';
    changing = undefined;
    isRestarted = true;
    engine.restart();
    askToLoad();
  };

  /** What was shown makes room. */
  const clear = (): void => {
    current += 1;
    // What keeps the page from computing stays a problem.
    if (status.value !== 'failed') problem.value = undefined;
    for (const trajectory of trajectories) trajectory.value = undefined;
    latest.value = 0;
    cursor.value = undefined;
    place.value = undefined;
    held.value = undefined;
  };
  /** Nothing that other models wrote stays: neither responses nor tokens; and a prompt that nobody has changed is for these. */
  const startAnew = (next: ModelNames): void => {
    clear();
    shown.value = undefined;
    const [own, others] = isStoryteller(next) ? (['story', 'other'] as const) : (['other', 'story'] as const);
    const { prompt } = settings.value;
    const isExample = (examples[others] as readonly string[]).includes(prompt);
    settings.value = { ...settings.value, locks: [], prompt: isExample ? examples[own][0]! : prompt };
  };
  const changeModels = (): void => {
    // Nobody is there to be asked.
    if (status.value === 'failed') {
      restart();
      return;
    }
    const choice = choiceOf(draft.value);
    if ('wrong' in choice) {
      modelProblem.value = `“${choice.wrong}” is neither an id of the hub, as owner/name, nor an address, as https://…`;
      return;
    }
    modelProblem.value = undefined;
    changing = { draft: draft.value, status: status.value };
    // What a run still says belongs to nothing any more.
    current += 1;
    status.value = 'loading';
    ask({ type: 'change', models: choice, token: token.value });
  };
  const attempt: Store['attempt'] = async (work) => {
    try {
      await work();
    } catch (error) {
      problem.value = { code: 'file', message: error instanceof Error ? error.message : String(error) };
    }
  };
  const open: Store['open'] = (files) =>
    attempt(async () => {
      const traces = await Promise.all(
        files
          .slice(0, lanes.length)
          .map(async ({ name, text }, lane) => readTrace(await text(), name, lane as Lane)),
      );
      if (traces.length === 0) return;
      ask({ type: 'stop' });
      clear();
      shown.value = undefined;
      for (const lane of lanes) histories[lane].value = laneHistory(traces[lane] ?? nothing);
      latest.value = Math.max(...traces.map(({ frames }) => frames.at(-1)!.step));
      if (isUp()) status.value = 'stopped';
    });
  const run = (paused = false): void => {
    if (isUp()) start(settings.value, paused);
  };
  const start = (asked: RunSettings, paused: boolean): void => {
    shown.value = asked;
    clear();
    for (const history of histories) history.value = empty();
    begin(lanes, paused);
  };
  const begin = (which: readonly Lane[], paused: boolean): void => {
    const asked = shown.value!;
    status.value = paused ? 'paused' : 'running';
    ask({
      type: 'run',
      run: current,
      lanes: which,
      paused,
      settings: {
        ...asked,
        prompt: isStoryteller(models.value) ? promptOf(asked.prompt) : asked.prompt,
      },
    });
  };
  const edit = (edited: EditedToken): void => {
    const ran = shown.value;
    if (ran === undefined || !isUp()) return;
    const { lane, trajectory, position, step } = edited;
    const isKept = (each: EditedToken) =>
      each.lane !== lane ||
      each.trajectory !== trajectory ||
      (each.step <= step && each.position !== position);
    shown.value = { ...ran, edits: [...ran.edits.filter(isKept), edited] };
    histories[lane].value = histories[lane].value.until(step - 1);
    trajectories[lane].value = trajectory;
    const behind = lanes.filter((each) => (histories[each].value.frames.at(-1)?.step ?? 0) < ran.steps);
    current += 1;
    problem.value = undefined;
    cursor.value = undefined;
    latest.value = Math.min(latest.value, step - 1);
    begin(behind, false);
  };
  const toggleLock = ({ position, tokenId }: LockedToken): void => {
    const { locks } = settings.value;
    const others = locks.filter((lock) => lock.position !== position);
    const isNew = others.length === locks.length;
    settings.value = { ...settings.value, locks: isNew ? [...others, { position, tokenId }] : others };
  };
  const whileRunning = (next: Status, type: 'pause' | 'resume' | 'step'): void => {
    if (status.value !== 'running' && status.value !== 'paused') return;
    status.value = next;
    ask({ type });
  };

  return {
    settings,
    status,
    loading,
    problem,
    remedy,
    others,
    device,
    words,
    models,
    draft,
    loadedDraft,
    token,
    hub: hubAt(load.hub),
    modelProblem,
    shown,
    histories,
    latest,
    cursor,
    colouring: signal<Colouring>('certainty'),
    place,
    held,
    trajectories,
    run,
    restart,
    pause: () => whileRunning('paused', 'pause'),
    resume: () => {
      cursor.value = undefined;
      whileRunning('running', 'resume');
    },
    step() {
      cursor.value = undefined;
      if (status.value === 'running' || status.value === 'paused') whileRunning('paused', 'step');
      else if (isUp()) {
        run(true);
        ask({ type: 'step' });
      }
    },
    stop: () => ask({ type: 'stop' }),
    edit,
    toggleLock,
    open,
    changeModels,
    keepModels: () => ask({ type: 'keep' }),
    attempt,
    dispose: engine.dispose,
  };
};

const HUB = 'https://huggingface.co';

/** A mirror that is no address will be said to be out of reach. */
const hubAt = (address = HUB): URL => new URL(URL.canParse(address) ? address : HUB);

const nothing = { words: undefined, length: 0 };
