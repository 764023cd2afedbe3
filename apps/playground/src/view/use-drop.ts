import { useEffect } from 'preact/hooks';
import { droppedModels } from '../state/picked-files.js';
import type { Store } from '../state/store.js';
import { readable } from './files-card.jsx';

/** Opens the traces that are dropped on the page, and takes models for a change. */
export const useDrop = (store: Store, host: HTMLElement): void =>
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      const models = droppedModels(event.dataTransfer!.items);
      void store.attempt(async () => {
        const found = await models;
        if (found === undefined) await store.open(files.map(readable));
        else store.draft.value = { ...store.draft.value, ...found };
      });
    };
    const target: HTMLElement | Document = host.hasAttribute('site') ? document : host;
    target.addEventListener('dragover', onOver as EventListener);
    target.addEventListener('drop', onDrop as EventListener);
    return () => {
      target.removeEventListener('dragover', onOver as EventListener);
      target.removeEventListener('drop', onDrop as EventListener);
    };
  }, [store, host]);
