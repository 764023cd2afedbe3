import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type LaneHistory, laneHistory } from '../history/lane-history.js';
import { readTrace } from '../history/read-trace.js';
import { isStoryteller, type ModelNames } from '../protocol/model-choice.js';
import {
  type EditedToken,
  type Lane,
  type LockedToken,
  lanes,
  type Report,
  type Request,
  type RunSettings,
} from '../protocol/protocol.js';
import { examples, promptOf } from '../settings/default-settings.js';
import { attempt, isUp, type OwnLife, type Status } from './life.js';
import { type Look, lookElsewhere } from './look.js';

/** What was run or opened. */
export interface Runs {
  /** What was run last; undefined before the first run, and while files are shown. */
  readonly shown: ReadonlySignal<RunSettings | undefined>;
  readonly histories: readonly [ReadonlySignal<LaneHistory>, ReadonlySignal<LaneHistory>];
  /** The last step that both lanes have taken; of files, the last one. */
  readonly latest: ReadonlySignal<number>;
  run(paused?: boolean): void;
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
}

interface Surroundings {
  readonly life: OwnLife;
  readonly look: Look;
  readonly settings: Signal<RunSettings>;
  /** Of the models that are loaded. */
  readonly names: () => ModelNames;
  readonly ask: (request: Request) => void;
}

export const createRuns = ({ life, look, settings, names, ask }: Surroundings) => {
  const { status, problem } = life;
  const shown = signal<RunSettings | undefined>(undefined);
  const empty = () =>
    laneHistory({
      words: life.words.value,
      length: (shown.value ?? settings.value).maxNewTokens,
    });
  const histories = [signal(empty()), signal(empty())] as const;
  const latest = signal(0);
  let current = 0;

  /** What was shown makes room. */
  const clear = (): void => {
    current += 1;
    // What keeps the page from computing stays a problem.
    if (status.value !== 'failed') problem.value = undefined;
    latest.value = 0;
    lookElsewhere(look);
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
        prompt: isStoryteller(names()) ? promptOf(asked.prompt) : asked.prompt,
      },
    });
  };
  const run = (paused = false): void => {
    if (isUp(life)) start(settings.value, paused);
  };
  const whileRunning = (next: Status, type: 'pause' | 'resume' | 'step'): void => {
    if (status.value !== 'running' && status.value !== 'paused') return;
    status.value = next;
    ask({ type });
  };

  const runs: Runs = {
    shown,
    histories,
    latest,
    run,
    pause: () => whileRunning('paused', 'pause'),
    resume() {
      look.cursor.value = undefined;
      whileRunning('running', 'resume');
    },
    step() {
      look.cursor.value = undefined;
      if (status.value === 'running' || status.value === 'paused') whileRunning('paused', 'step');
      else if (isUp(life)) {
        run(true);
        ask({ type: 'step' });
      }
    },
    stop: () => ask({ type: 'stop' }),
    edit(edited) {
      const ran = shown.value;
      if (ran === undefined || !isUp(life)) return;
      const { lane, trajectory, position, step } = edited;
      const isKept = (each: EditedToken) =>
        each.lane !== lane ||
        each.trajectory !== trajectory ||
        (each.step <= step && each.position !== position);
      shown.value = { ...ran, edits: [...ran.edits.filter(isKept), edited] };
      histories[lane].value = histories[lane].value.until(step - 1);
      look.trajectories[lane].value = trajectory;
      const behind = lanes.filter((each) => (histories[each].value.frames.at(-1)?.step ?? 0) < ran.steps);
      current += 1;
      problem.value = undefined;
      look.cursor.value = undefined;
      latest.value = Math.min(latest.value, step - 1);
      begin(behind, false);
    },
    toggleLock({ position, tokenId }) {
      const { locks } = settings.value;
      const others = locks.filter((lock) => lock.position !== position);
      const isNew = others.length === locks.length;
      settings.value = { ...settings.value, locks: isNew ? [...others, { position, tokenId }] : others };
    },
    open: (files) =>
      attempt(life, async () => {
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
        if (isUp(life)) status.value = 'stopped';
      }),
  };

  return {
    runs,
    add({ run: number, frame }: Report & { type: 'frame' }) {
      if (number !== current) return;
      const { lane } = frame;
      histories[lane].value.add(frame);
      // The same history, longer: a new object, so that it is seen.
      histories[lane].value = { ...histories[lane].value };
      latest.value = Math.min(...histories.map(({ value }) => value.frames.at(-1)?.step ?? 0));
    },
    end({ run: number, type }: Report & { type: 'done' | 'stopped' }) {
      if (number === current) status.value = type;
    },
    /** What a run still says belongs to nothing any more. */
    leave() {
      current += 1;
    },
    /** Nothing that other models wrote stays: neither responses nor tokens; and a prompt that nobody has changed is for these. */
    startAnew(next: ModelNames) {
      clear();
      shown.value = undefined;
      const [own, others] = isStoryteller(next)
        ? (['story', 'other'] as const)
        : (['other', 'story'] as const);
      const { prompt } = settings.value;
      const isExample = (examples[others] as readonly string[]).includes(prompt);
      settings.value = { ...settings.value, locks: [], prompt: isExample ? examples[own][0]! : prompt };
    },
    /** Lanes with the words of the models that are loaded now. */
    clearLanes() {
      for (const history of histories) history.value = empty();
    },
    /** Once more what was run last. */
    repeat() {
      if (shown.value !== undefined) start(shown.value, false);
    },
  };
};

const nothing = { words: undefined, length: 0 };
