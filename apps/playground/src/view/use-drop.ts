import { useEffect } from 'preact/hooks';
import { readable } from '../history/readable.js';
import { lookIntoDropped } from '../state/picked-files.js';
import type { Store } from '../state/store.js';

/** Opens the traces that are dropped on the page, and takes models for a change. */
export const useDrop = (store: Store, host: HTMLElement): void =>
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      if (event.dataTransfer === null || event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      const dropped = lookIntoDropped(event.dataTransfer.items);
      void store.attempt(async () => {
        const { models, files } = await dropped;
        if (models === undefined) await store.open(files.map(readable));
        else store.draft.value = { ...store.draft.value, ...models };
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
