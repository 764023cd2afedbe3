import type { JSX } from 'preact';
import type { Store } from '../state/store.js';
import { Announcer } from './announcer.jsx';
import { CandidatesCard } from './candidates-card.jsx';
import { ChartCard } from './chart-card.jsx';
import { Explanation } from './explanation.jsx';
import { FilesCard } from './files-card.jsx';
import { Header } from './header.jsx';
import { LaneCard } from './lane-card.jsx';
import { ModelsCard } from './models-card.jsx';
import { PromptForm } from './prompt-form.jsx';
import { SettingsPanel } from './settings-panel.jsx';
import { Timeline } from './timeline.jsx';
import { useAddress } from './use-address.js';
import { useDrop } from './use-drop.js';
import { useKeys } from './use-keys.js';

export interface Embedding {
  readonly host: HTMLElement;
  /** Whether the page is ours: its address then carries the settings. */
  readonly isSite: boolean;
}

const Playground = ({ store, host, isSite }: { store: Store } & Embedding): JSX.Element => {
  useAddress(store, isSite);
  useKeys(store, host);
  useDrop(store, host);
  // One file alone has nothing to be compared with.
  const [upper, lower] = store.histories;
  const isAlone = upper.value.title !== undefined && lower.value.title === undefined;
  // A page around it has its own.
  const [Main, Title] = isSite ? (['main', 'h1'] as const) : (['div', 'h2'] as const);
  return (
    <>
      <Header store={store} host={host} isSite={isSite} Title={Title} />
      <Main class="layout">
        <PromptForm store={store} />
        <div class="stage">
          <h2 class="unseen">What is written, step by step</h2>
          <LaneCard store={store} lane={0} />
          {!isAlone && <LaneCard store={store} lane={1} />}
          <Timeline store={store} />
          <div class="pair">
            <CandidatesCard store={store} />
            <ChartCard store={store} />
          </div>
          <FilesCard store={store} />
          <Explanation />
        </div>
        <div class="aside">
          <ModelsCard store={store} />
          <SettingsPanel store={store} />
        </div>
      </Main>
      <Announcer store={store} />
    </>
  );
};

export const playgroundView = (store: Store, embedding: Embedding): JSX.Element => (
  <Playground store={store} {...embedding} />
);
