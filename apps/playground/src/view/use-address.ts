import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { settingsFromAddress, settingsToAddress } from '../settings/settings-in-address.js';
import { modelsFromAddress, modelsToAddress } from '../state/model-place.js';
import type { Store } from '../state/store.js';

/** What the page's address says after its #. Reads signals. */
export const fragmentOf = ({ settings, draft }: Store): string =>
  [settingsToAddress(settings.value), modelsToAddress(draft.value)].filter((part) => part !== '').join('&');

/** Keeps the page's address and the settings the same: it is what is shared. */
export const useAddress = (store: Store, isSite: boolean): void =>
  useEffect(() => {
    if (!isSite) return;
    const read = () => {
      store.settings.value = settingsFromAddress(location.hash);
      const draft = modelsFromAddress(location.hash);
      // Files are in no address, and do not go with one.
      if (modelsToAddress(draft) !== modelsToAddress(store.draft.value)) store.draft.value = draft;
    };
    addEventListener('hashchange', read);
    const stop = effect(() => {
      const fragment = fragmentOf(store);
      if (fragment === location.hash.slice(1)) return;
      history.replaceState(null, '', fragment === '' ? location.pathname + location.search : `#${fragment}`);
    });
    return () => {
      removeEventListener('hashchange', read);
      stop();
    };
  }, [store, isSite]);
