import type { JSX } from 'preact';
import { type Colouring, colourings } from '../state/look.js';
import { shownColouring } from '../state/shown-colouring.js';
import { shownSteps } from '../state/shown-steps.js';
import type { Store } from '../state/store.js';

const meanings: Readonly<Record<Colouring, { name: string; low: string; high: string }>> = {
  certainty: { name: 'Certainty', low: 'unsure', high: 'certain' },
  guidance: { name: 'Moved by guidance', low: 'not at all', high: 'wholly' },
  gradient: { name: 'Reward’s gradient', low: 'no pull', high: 'strongest pull' },
  entropy: { name: 'Entropy weight', low: 'expectation', high: 'sampled token' },
  step: { name: 'Step of writing', low: 'early', high: 'late' },
};

/** The step that both lanes show, and what the colours of their tokens mean. */
export const Timeline = ({ store }: { store: Store }): JSX.Element => {
  const { latest, cursor } = store;
  const steps = shownSteps(store);
  const at = cursor.value ?? latest.value;
  const colouring = shownColouring(store);
  const isFile = store.histories[0].value.title !== undefined;
  const { low, high } = meanings[colouring];
  return (
    <section class="card timeline" aria-label="Timeline">
      <label class="scrubber">
        <span>
          Step <output>{at}</output> of {steps}
        </span>
        <input
          type="range"
          min={0}
          max={steps}
          value={at}
          disabled={latest.value === 0}
          aria-valuetext={`Step ${at} of ${steps}`}
          onInput={({ currentTarget }) => {
            const step = Math.min(latest.value, Math.max(1, Number(currentTarget.value)));
            cursor.value = step === latest.value ? undefined : step;
            currentTarget.value = String(step);
          }}
        />
      </label>
      <label class="field">
        <span>Colours</span>
        <select
          id="colours"
          value={colouring}
          onChange={({ currentTarget }) => {
            store.colouring.value = currentTarget.value as Colouring;
          }}
        >
          {(isFile ? [colouring] : colourings).map((name) => (
            <option key={name} value={name}>
              {meanings[name].name}
            </option>
          ))}
        </select>
      </label>
      <p class="legend">
        {low} <span class="scale" aria-hidden="true" /> {high}
        <span class="new">
          <span class="frame" aria-hidden="true" /> new
        </span>
      </p>
    </section>
  );
};
