import { useEffect } from 'preact/hooks';
import type { Store } from '../state/store.js';
import { readable } from './files-card.jsx';

/** Opens the files that are dropped on the page. */
export const useDrop = (store: Store, host: HTMLElement): void =>
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void store.open(files.map(readable));
    };
    const target: HTMLElement | Document = host.hasAttribute('site') ? document : host;
    target.addEventListener('dragover', onOver as EventListener);
    target.addEventListener('drop', onDrop as EventListener);
    return () => {
      target.removeEventListener('dragover', onOver as EventListener);
      target.removeEventListener('drop', onDrop as EventListener);
    };
  }, [store, host]);
