import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Store } from '../state/store.js';
import type { StoredModel } from '../state/stored-models.js';
import { shownBytes } from './shown-bytes.js';

/** What the browser keeps of models for this site, and ways to delete it. */
export const StoredModels = ({ store }: { store: Store }): JSX.Element | null => {
  const stored = useSignal<readonly StoredModel[] | undefined>([]);
  const said = useSignal('');
  const heading = useRef<HTMLHeadingElement>(null);
  // Loaded after the page is there: most visitors have none.
  const parts = () => import('../state/stored-models.js');
  const look = async () => {
    stored.value = await (await parts()).storedModels();
  };
  useSignalEffect(() => {
    // After every change, and every one that failed half-way.
    void [store.models.value, store.modelProblem.value];
    void store.attempt(look);
  });
  const remove = async (model: StoredModel) => {
    const freed = await (await parts()).deleteStored(model);
    await look();
    said.value = `${model.name} is deleted, ${shownBytes(freed)} are free again.`;
    // The button is gone with what it deleted.
    heading.current?.focus();
  };
  const models = stored.value;
  if (models?.length === 0 && said.value === '') return null;
  return (
    <div class="stored">
      <h4 ref={heading} tabIndex={-1}>
        Kept in this browser
      </h4>
      {models === undefined ? (
        <p class="says">
          Nothing: the browser stores nothing for this page, and fetches models at every visit.
        </p>
      ) : (
        <ul>
          {models.map((model) => (
            <li key={model.beginning}>
              <span class="name">{model.name}</span> <span class="size">{shownBytes(model.bytes)}</span>
              <button
                type="button"
                class="quiet"
                aria-label={`Delete ${model.name}`}
                onClick={() => void store.attempt(() => remove(model))}
              >
                Delete
              </button>
            </li>
          ))}
        </ul>
      )}
      <p class="says" role="status">
        {said.value}
      </p>
    </div>
  );
};
