import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import type { PickedFiles, Role } from '../protocol/model-choice.js';
import { embeddedModels } from '../state/model-place.js';
import { pickedModel } from '../state/picked-files.js';
import type { Store } from '../state/store.js';
import { LoadingBar } from './loading-bar.jsx';
import { shownBytes } from './shown-bytes.js';
import { StoredModels } from './stored-models.jsx';
import { TokenField } from './token-field.jsx';

/** Other models than the embedded ones: which, how far they are, and what the browser keeps of them. */
export const ModelsCard = ({ store }: { store: Store }): JSX.Element => {
  const { draft, loadedDraft, modelProblem } = store;
  const { denoiser, reward } = store.models.value;
  const names = [denoiser, reward].filter((name) => name !== undefined);
  const isLoading = store.status.value === 'loading';
  const isChanging = isLoading && store.words.value !== undefined;
  const isNew = String(differing(draft.value)) !== String(differing(loadedDraft.value));
  const isOwn = names.length > 0;
  const isOpen = useSignal(Object.values(draft.value).some((given) => given !== ''));
  useSignalEffect(() => {
    // What was dropped is to be seen.
    if (Object.values(draft.value).some((given) => typeof given !== 'string')) isOpen.value = true;
  });
  const embed = () => {
    draft.value = embeddedModels;
    store.changeModels();
  };
  return (
    <details
      class="card models"
      open={isOpen.value}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>
        Models <small>{isOwn ? names.join(' and ') : 'embedded'}</small>
      </summary>
      <p class="says">
        Other models come from the Hugging Face hub, from an address or from your disk, and are computed with
        in this tab as well. Drop a model’s folder anywhere on this page.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isLoading) store.changeModels();
        }}
      >
        <ModelField store={store} name="denoiser" label="Denoiser, which writes" />
        <ModelField store={store} name="reward" label="Reward, which guides" />
        <TokenField store={store} />
        <div class="row">
          {isChanging ? (
            <button type="button" onClick={() => store.keepModels()}>
              Stop loading
            </button>
          ) : (
            <button type="submit" disabled={isLoading || !isNew}>
              {modelProblem.value === undefined ? 'Load' : 'Try again'}
            </button>
          )}
          {isOwn && !isChanging && (
            <button type="button" class="quiet" disabled={isLoading} onClick={embed}>
              Back to the embedded ones
            </button>
          )}
        </div>
      </form>
      {isChanging && <LoadingBar store={store} id="loading-models" />}
      {modelProblem.value !== undefined && (
        <p class="note problem" role="alert">
          {modelProblem.value}
        </p>
      )}
      <StoredModels store={store} />
    </details>
  );
};

const differing = (draft: Readonly<Record<Role, string | PickedFiles>>): string[] =>
  Object.values(draft).map((given) =>
    typeof given === 'string' ? given.trim() : `${given.name} ${[...given.files.values()].map(lastChange)}`,
  );

const lastChange = ({ name, size, lastModified }: File): string => `${name} ${size} ${lastModified}`;

const ModelField = ({ store, name, label }: { store: Store; name: Role; label: string }): JSX.Element => {
  const { draft } = store;
  const given = draft.value[name];
  const set = (value: string | PickedFiles) => {
    store.modelProblem.value = undefined;
    draft.value = { ...draft.value, [name]: value };
  };
  const pick = (input: HTMLInputElement) => {
    const files = [...(input.files ?? [])];
    // The same files once more are a change too.
    input.value = '';
    if (files.length === 0) return;
    try {
      set(pickedModel(files));
    } catch (error) {
      store.modelProblem.value = (error as Error).message;
    }
  };
  return (
    <fieldset class="model">
      <legend>{label}</legend>
      {typeof given === 'string' ? (
        <input
          type="text"
          aria-label={`${label}: id of the hub or address; empty: the embedded one`}
          placeholder="owner/name or https://…"
          autocapitalize="off"
          autocomplete="off"
          spellcheck={false}
          value={given}
          onInput={({ currentTarget }) => set(currentTarget.value)}
        />
      ) : (
        <p class="picked">
          {given.name}: {shownFiles(given)}
        </p>
      )}
      <div class="row">
        {[false, true].map((isFolder) => (
          <label class="button small" key={String(isFolder)}>
            {isFolder ? 'Folder…' : 'Files…'}
            <input
              type="file"
              class="unseen"
              multiple
              ref={(input) => {
                if (input !== null) input.webkitdirectory = isFolder;
              }}
              aria-label={`${label}: ${isFolder ? 'a folder' : 'files'}`}
              onChange={({ currentTarget }) => pick(currentTarget)}
            />
          </label>
        ))}
        {given !== '' && (
          <button
            type="button"
            class="quiet"
            aria-label={`Clear ${label}: the embedded one`}
            onClick={() => set('')}
          >
            Clear
          </button>
        )}
      </div>
    </fieldset>
  );
};

const shownFiles = ({ files }: PickedFiles): string => {
  const bytes = [...files.values()].reduce((sum, { size }) => sum + size, 0);
  return `${files.size} file${files.size === 1 ? '' : 's'}, ${shownBytes(bytes)}`;
};
