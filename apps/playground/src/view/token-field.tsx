import type { JSX } from 'preact';
import type { Store } from '../state/store.js';

/** The token for private models of the hub, which is nowhere but in this page. */
export const TokenField = ({ store }: { store: Store }): JSX.Element => (
  <fieldset class="model">
    <legend>Token, for private and gated models</legend>
    <input
      type="password"
      aria-label={`Token of ${store.hub.host}, for private and gated models`}
      aria-describedby="token-goes"
      placeholder="hf_…"
      autocomplete="off"
      value={store.token.value}
      onInput={({ currentTarget }) => {
        store.modelProblem.value = undefined;
        store.token.value = currentTarget.value;
      }}
    />
    <p class="says" id="token-goes">
      Forgotten when this page is closed; sent to {store.hub.host} alone.
    </p>
  </fieldset>
);
