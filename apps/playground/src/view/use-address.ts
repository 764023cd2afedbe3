import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { settingsFromAddress, settingsToAddress } from '../state/settings-in-address.js';
import type { Store } from '../state/store.js';

/** Keeps the page's address and the settings the same: it is what is shared. */
export const useAddress = (store: Store, isSite: boolean): void =>
  useEffect(() => {
    if (!isSite) return;
    const read = () => {
      store.settings.value = settingsFromAddress(location.hash);
    };
    addEventListener('hashchange', read);
    const stop = effect(() => {
      const fragment = settingsToAddress(store.settings.value);
      if (fragment === location.hash.slice(1)) return;
      history.replaceState(null, '', fragment === '' ? location.pathname + location.search : `#${fragment}`);
    });
    return () => {
      removeEventListener('hashchange', read);
      stop();
    };
  }, [store, isSite]);
