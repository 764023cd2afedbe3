import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Store } from '../state/store.js';
import { Tour } from './tour.jsx';
import { fragmentOf } from './use-address.js';

interface HeaderProps {
  readonly store: Store;
  readonly host: HTMLElement;
  readonly isSite: boolean;
  readonly Title: 'h1' | 'h2';
}

export const Header = ({ store, host, isSite, Title }: HeaderProps): JSX.Element => (
  <header class="header">
    <div>
      <Title class="title">
        <span class="mark" aria-hidden="true" />
        EntRGi playground
      </Title>
      <p class="tagline">
        A language model writes a story twice, with the same dice. Below, a reward model’s gradient steers it.
        All of it runs in this tab.
      </p>
    </div>
    <div class="tools">
      <DeviceChip store={store} />
      <Tour store={store} />
      {isSite && <ShareButton store={store} />}
      <ThemeButton host={host} />
    </div>
  </header>
);

/** What it runs on; why nothing better, behind it. */
const DeviceChip = ({ store }: { store: Store }): JSX.Element => {
  const device = store.device.value;
  if (device === undefined) return <span class="chip">Starting…</span>;
  const threads = device.threads === 1 ? '1 thread' : `${device.threads} threads`;
  const name = device.device === 'webgpu' ? 'WebGPU' : `WebAssembly, ${threads}`;
  if (device.reasons.length === 0) return <span class="chip">{name}</span>;
  return (
    <details class="chip menu">
      <summary>{name}</summary>
      <ul class="popover">
        {device.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </details>
  );
};

const ShareButton = ({ store }: { store: Store }): JSX.Element => {
  const said = useSignal('Share');
  const share = async () => {
    const address = new URL(location.href);
    address.hash = fragmentOf(store);
    try {
      await navigator.clipboard.writeText(address.href);
      said.value = 'Link copied';
    } catch {
      said.value = 'Copy the address bar';
    }
    setTimeout(() => {
      said.value = 'Share';
    }, 2500);
  };
  return (
    <button type="button" class="quiet share" onClick={share}>
      <span aria-live="polite">{said.value}</span>
    </button>
  );
};

const STORED = 'entrgi-theme';

/** What is remembered of an earlier visit; nothing where storage is denied. */
const remembered = (): string | null => {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
};

const ThemeButton = ({ host }: { host: HTMLElement }): JSX.Element => {
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const theme = useSignal(host.getAttribute('theme') ?? remembered() ?? system);
  useEffect(() => {
    host.setAttribute('theme', theme.value);
    if (host.hasAttribute('site')) {
      document.documentElement.style.background = theme.value === 'dark' ? '#0f1216' : '#faf8f4';
    }
  }, [theme.value]);
  const other = theme.value === 'dark' ? 'light' : 'dark';
  const change = () => {
    theme.value = other;
    try {
      localStorage.setItem(STORED, other);
    } catch {
      // Then it holds for this visit.
    }
  };
  return (
    <button type="button" class="quiet" onClick={change} aria-label={`Switch to the ${other} theme`}>
      <span aria-hidden="true">{other === 'dark' ? '☾' : '☀'}</span>
    </button>
  );
};
