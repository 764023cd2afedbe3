import { render } from 'preact';
import engine from './engine/worker.ts?worker&url';
import type { Report } from './protocol/protocol.js';
import { defaultSettings } from './settings/default-settings.js';
import { settingsFromAddress } from './settings/settings-in-address.js';
import { startWorker } from './start-worker.js';
import { embeddedModels, modelsFromAddress } from './state/model-place.js';
import { createStore, type Store } from './state/store.js';
import styles from './style.css?inline';
import { playgroundView } from './view/playground-view.jsx';

/**
 * `<entrgi-playground>`: the whole playground, for any page. Attributes: `prompt`, the opening; `device`, `wasm` (default), `webgpu` or `auto`; `threads`;
 * `hub`, the address of a mirror of the Hugging Face hub; `theme`, `light` or `dark` instead of the system's; `site`, for the page that it has for itself, whose address then carries the settings.
 * Every report of the worker (src/protocol/protocol.ts) is an event `entrgi-report`.
 */
export class EntrgiPlayground extends HTMLElement {
  #store: Store | undefined;

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const isSite = this.hasAttribute('site');
    const fields = isSite ? new URLSearchParams(location.search) : new URLSearchParams();
    const option = (name: string) => this.getAttribute(name) ?? fields.get(name) ?? undefined;
    const initial = isSite
      ? settingsFromAddress(location.hash)
      : { ...defaultSettings, prompt: option('prompt') ?? defaultSettings.prompt };
    const device = option('device');
    // The runtime's own workers cannot begin with a script of another site.
    const isForeign = new URL(import.meta.url).origin !== location.origin;
    const threads = isForeign ? 1 : Number(option('threads'));
    const start = () => {
      const worker = startWorker(engine, 'entrgi');
      worker.addEventListener('message', ({ data }) =>
        this.dispatchEvent(new CustomEvent('entrgi-report', { detail: data as Report })),
      );
      return worker;
    };
    const asked = isSite ? modelsFromAddress(location.hash) : embeddedModels;
    this.#store = createStore(start, initial, asked, {
      device: device === 'webgpu' || device === 'auto' ? device : 'wasm',
      threads: Number.isInteger(threads) && threads > 0 ? threads : undefined,
      hub: option('hub'),
    });
    const style = document.createElement('style');
    style.textContent = styles;
    const place = document.createElement('div');
    place.className = 'playground';
    root.replaceChildren(style, place);
    render(playgroundView(this.#store, { host: this, isSite }), place);
  }

  disconnectedCallback(): void {
    if (this.shadowRoot !== null) render(null, this.shadowRoot.querySelector('.playground')!);
    this.#store?.dispose();
  }
}
