import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { readable } from '../history/readable.js';
import { traceText } from '../history/trace-text.js';
import { type Lane, lanes } from '../protocol/protocol.js';
import type { Store } from '../state/store.js';
import { download } from './download.js';
import { laneLabel } from './lane-label.js';

/** Keeps what is shown as files, and shows files. */
export const FilesCard = ({ store }: { store: Store }): JSX.Element => {
  const filled = lanes.filter((lane) => store.histories[lane].value.frames.length > 0);
  const saving = useSignal<string | undefined>(undefined);
  const save = async () => {
    saving.value = 'Drawing…';
    await store.attempt(() =>
      saveGif(store, filled, (step, steps) => {
        saving.value = `Drawing step ${step} of ${steps}`;
      }),
    );
    saving.value = undefined;
  };
  return (
    <section class="card files" aria-labelledby="files">
      <h3 id="files">
        Files <small>drop traces anywhere on this page to open them</small>
      </h3>
      <div class="row">
        {filled.map((lane) => (
          <button type="button" key={lane} onClick={() => saveTrace(store, lane)}>
            Save trace: {laneLabel(store, lane).name}
          </button>
        ))}
        {filled.length > 0 && (
          <button type="button" onClick={() => void store.attempt(() => savePage(store, filled))}>
            Save as a page
          </button>
        )}
        {filled.length > 0 && (
          <button type="button" disabled={saving.value !== undefined} onClick={() => void save()}>
            {saving.value ?? 'Save as a GIF'}
          </button>
        )}
        <label class="button">
          Open traces…
          <input
            type="file"
            class="unseen"
            accept=".jsonl,.json,.txt"
            multiple
            onChange={({ currentTarget }) => {
              void store.open([...(currentTarget.files ?? [])].map(readable));
              // The same file once more is a change too.
              currentTarget.value = '';
            }}
          />
        </label>
      </div>
    </section>
  );
};

const savePage = async (store: Store, filled: readonly Lane[]): Promise<void> => {
  const { replayOfLanes } = await replays();
  download(replayOfLanes(namedLanes(store, filled)), 'replay.html', 'text/html');
};

const saveGif = async (
  store: Store,
  filled: readonly Lane[],
  tell: (step: number, steps: number) => void,
): Promise<void> => {
  const lanes = namedLanes(store, filled);
  const { gifOfLanes } = await replays();
  download(await gifOfLanes(lanes, tell), 'replay.gif', 'image/gif');
};

/** Loaded when it is asked for: most visitors never do. */
const replays = () => import('./replay-of-lanes.js');

const namedLanes = (store: Store, filled: readonly Lane[]) =>
  filled.map((lane) => ({ name: laneLabel(store, lane).name, history: store.histories[lane].value }));

const saveTrace = (store: Store, lane: Lane): void => {
  const name = laneLabel(store, lane)
    .name.toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-');
  download(traceText(store.histories[lane].value), `${name}.trace.jsonl`, 'application/jsonl');
};
