import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ModelNames } from '../protocol/model-choice.js';
import type { Report, Request } from '../protocol/protocol.js';
import type { OwnLife, Status } from './life.js';
import { choiceOf, embeddedModels, type ModelDraft } from './model-place.js';

/** The models that are loaded, and others that are asked for. */
export interface ModelChange {
  readonly models: ReadonlySignal<ModelNames>;
  /** What is entered for others, and what of it is loaded. */
  readonly draft: Signal<ModelDraft>;
  readonly loadedDraft: ReadonlySignal<ModelDraft>;
  /** What private models of the hub are asked for with; it is kept nowhere else. */
  readonly token: Signal<string>;
  /** Why the models that were asked for are not there. */
  readonly modelProblem: Signal<string | undefined>;
  /** Loads the models of the draft in place of those that are there. */
  changeModels(): void;
  /** Gives up a change that is under way; what has arrived is kept for the next try. */
  keepModels(): void;
}

interface Surroundings {
  readonly life: OwnLife;
  readonly asked: ModelDraft;
  readonly ask: (request: Request) => void;
  /** What a run still says belongs to nothing any more. */
  readonly leaveRun: () => void;
  readonly restart: () => void;
}

export const createModelChange = ({ life, asked, ask, leaveRun, restart }: Surroundings) => {
  const models = signal<ModelNames>({});
  const loadedDraft = signal(embeddedModels);
  const modelProblem = signal<string | undefined>(undefined);
  const draft = signal(asked);
  const token = signal('');
  let changing: { readonly draft: ModelDraft; readonly status: Status } | undefined;

  const change: ModelChange = {
    models,
    draft,
    loadedDraft,
    token,
    modelProblem,
    changeModels() {
      // Nobody is there to be asked.
      if (life.status.value === 'failed') {
        restart();
        return;
      }
      const choice = choiceOf(draft.value);
      if ('wrong' in choice) {
        modelProblem.value = `“${choice.wrong}” is neither an id of the hub, as owner/name, nor an address, as https://…`;
        return;
      }
      modelProblem.value = undefined;
      changing = { draft: draft.value, status: life.status.value };
      leaveRun();
      life.status.value = 'loading';
      ask({ type: 'change', models: choice, token: token.value });
    },
    keepModels: () => ask({ type: 'keep' }),
  };

  return {
    change,
    /** Whether these are the models that are loaded. */
    are: ({ denoiser, reward }: ModelNames) =>
      denoiser === models.value.denoiser && reward === models.value.reward,
    take(names: ModelNames) {
      models.value = names;
      loadedDraft.value = changing?.draft ?? embeddedModels;
      changing = undefined;
    },
    /** A change that was under way ends with the worker. */
    forget() {
      changing = undefined;
    },
    refuse({ code, message }: Report & { type: 'refused' }) {
      const before = changing?.status ?? 'ready';
      changing = undefined;
      life.loading.value = undefined;
      modelProblem.value =
        code === 'aborted'
          ? 'Stopped. What has arrived is kept, and the next try goes on from there.'
          : message;
      life.status.value = before === 'running' || before === 'paused' ? 'stopped' : before;
    },
  };
};
