import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isStoryteller } from '../protocol/model-choice.js';
import { defaultSettings, examples } from '../settings/default-settings.js';
import type { Status } from '../state/life.js';
import type { Store } from '../state/store.js';
import { hindrancesOf } from './hindrances.js';
import { LoadingBar } from './loading-bar.jsx';
import { runOrPause } from './run-or-pause.js';

export const PromptForm = ({ store }: { store: Store }): JSX.Element => {
  const { settings } = store;
  const isStory = isStoryteller(store.models.value);
  const offered: readonly string[] = isStory ? examples.story : examples.other;
  const change = (prompt: string) => {
    settings.value = { ...settings.value, prompt };
  };
  return (
    <section class="card prompt" aria-labelledby="prompt-label">
      <label id="prompt-label" for="prompt">
        {isStory ? 'How the story begins' : 'What it is asked'}
      </label>
      <textarea
        id="prompt"
        rows={4}
        maxLength={600}
        spellcheck={false}
        value={settings.value.prompt}
        onInput={({ currentTarget }) => change(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          store.run();
        }}
      />
      <label class="field">
        <span>Examples</span>
        <select
          value={offered.includes(settings.value.prompt) ? settings.value.prompt : ''}
          onChange={({ currentTarget }) => currentTarget.value !== '' && change(currentTarget.value)}
        >
          <option value="">Your own</option>
          {offered.map((opening) => (
            <option key={opening} value={opening}>
              {opening}
            </option>
          ))}
        </select>
      </label>
      <RunButtons store={store} />
      <Progress store={store} />
    </section>
  );
};

const mainWord: Readonly<Record<Status, string>> = {
  loading: 'Loading…',
  ready: 'Run',
  running: 'Pause',
  paused: 'Resume',
  done: 'Run again',
  stopped: 'Run again',
  failed: 'Load again',
};

const RunButtons = ({ store }: { store: Store }): JSX.Element => {
  const status = store.status.value;
  const idle = status === 'loading' || status === 'failed';
  const busy = status === 'running' || status === 'paused';
  const nothing = store.settings.value.prompt.trim() === '';
  const otherSeed = () => {
    const seed = (store.settings.value.seed % 9999) + 1;
    store.settings.value = { ...store.settings.value, seed };
    store.run();
  };
  return (
    <div class="buttons">
      <button
        type="button"
        class="main"
        disabled={status === 'loading' || (nothing && status !== 'failed')}
        onClick={() => runOrPause(store)}
      >
        {status === 'failed' && store.remedy.value === 'wasm' ? 'Go on with WebAssembly' : mainWord[status]}
      </button>
      <button type="button" disabled={idle || nothing} onClick={() => store.step()}>
        Step
      </button>
      <button type="button" disabled={!busy} onClick={() => store.stop()}>
        Stop
      </button>
      <button type="button" disabled={idle || nothing} onClick={otherSeed}>
        Other dice
      </button>
      {store.settings.value.locks.length > 0 && (
        <button
          type="button"
          class="quiet unlock"
          onClick={() => {
            store.settings.value = { ...store.settings.value, locks: [] };
          }}
        >
          Unlock all ({store.settings.value.locks.length})
        </button>
      )}
    </div>
  );
};

/** One place for what is loading, what went wrong and what may be done next, as high as its longest sentence. */
const Progress = ({ store }: { store: Store }): JSX.Element => {
  const problem = store.problem.value;
  const alert = useRef<HTMLParagraphElement>(null);
  // What went wrong may have been asked for far below.
  useEffect(() => alert.current?.scrollIntoView({ block: 'nearest' }), [problem]);
  if (problem !== undefined) {
    return (
      <p class="note problem" role="alert" ref={alert}>
        {problem.message}
      </p>
    );
  }
  if (store.status.value === 'loading') {
    return <LoadingBar store={store} id="loading" />;
  }
  if (store.settings.value.prompt.trim() === '') {
    return <p class="note">Nothing can be run yet: write something above, or choose an example.</p>;
  }
  const { denoiser, reward = 'the embedded reward' } = store.models.value;
  if (denoiser !== undefined) {
    return (
      <p class="note">
        {denoiser} and {reward} are in this tab now.
      </p>
    );
  }
  const hindrances = hindrancesOf(store);
  const unchanged = store.settings.value.prompt === defaultSettings.prompt;
  return (
    <p class="note">
      {hindrances.length > 0
        ? hindrances.join(' ')
        : unchanged
          ? `Four small models, 17 MB, are in this tab now${store.status.value === 'ready' ? ': press Run' : ''}.`
          : 'The models know children’s stories, and little else.'}
    </p>
  );
};
