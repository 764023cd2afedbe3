import { useEffect } from 'preact/hooks';
import type { Store } from '../state/store.js';
import { runOrPause } from './run-or-pause.js';

/** Where keys mean something else already. */
const isBusy = (target: EventTarget | undefined): boolean =>
  target instanceof HTMLElement &&
  target.matches('input, textarea, select, button, summary, a, [role="grid"] *');

/** Space runs and pauses, . takes a step, Escape stops, the arrows look back and forth. */
export const useKeys = (store: Store, host: HTMLElement): void =>
  useEffect(() => {
    const look = (by: number) => {
      const latest = store.latest.value;
      if (latest === 0) return;
      const next = Math.min(latest, Math.max(1, (store.cursor.value ?? latest) + by));
      store.cursor.value = next === latest ? undefined : next;
    };
    const actions: Readonly<Record<string, () => void>> = {
      ' ': () => runOrPause(store),
      '.': () => store.step(),
      Escape: () => store.stop(),
      ArrowLeft: () => look(-1),
      ArrowRight: () => look(1),
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.composedPath()[0])) return;
      const action = actions[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    const target: HTMLElement | Document = host.hasAttribute('site') ? document : host;
    target.addEventListener('keydown', onKey as EventListener);
    return () => target.removeEventListener('keydown', onKey as EventListener);
  }, [store, host]);
