import type { JSX } from 'preact';
import { isStoryteller } from '../protocol/model-choice.js';
import type { Lane } from '../protocol/protocol.js';
import { type ShownLane, shownLane } from '../state/shown-lane.js';
import type { Store } from '../state/store.js';
import { laneLabel } from './lane-label.js';
import { shownNumber } from './shown-number.js';
import { TokenGrid } from './token-grid.jsx';

/** One lane: what it is called, how it stands, its tokens, its text and what it has cost. */
export const LaneCard = ({ store, lane }: { store: Store; lane: Lane }): JSX.Element => {
  const shown = shownLane(store, lane);
  const { name, says, guided, isFile } = laneLabel(store, lane);
  // A story goes on where its opening ends; an answer stands alone.
  const isStory = isStoryteller(store.models.value);
  const prompt = isFile || !isStory ? '' : (store.shown.value ?? store.settings.value).prompt;
  return (
    <section
      class={`card lane lane-${lane} ${guided ? 'guided' : 'unguided'}`}
      aria-labelledby={`lane-${lane}`}
    >
      <header class="lane-head">
        <h3 id={`lane-${lane}`}>
          {name} <small>{says}</small>
        </h3>
        <CostMeter shown={shown} guided={guided} />
        <Standing shown={shown} hasJudge={isStory && !isFile} />
      </header>
      <TokenGrid store={store} lane={lane} shown={shown} />
      <Trajectories store={store} lane={lane} shown={shown} />
      <Text shown={shown} prompt={prompt} />
    </section>
  );
};

const Standing = ({
  shown: { frame, trajectory, best },
  hasJudge,
}: {
  shown: ShownLane;
  hasJudge: boolean;
}): JSX.Element => (
  <dl class="standing">
    <div title="How good the reward model finds what is written so far: the higher, the better">
      <dt>Reward</dt>
      <dd class="reward">{shownNumber(frame?.rewards[trajectory])}</dd>
    </div>
    {hasJudge && (
      <div title="Probability that a person wrote this, by a model that guidance does not know">
        <dt>Judge</dt>
        <dd>{trajectory === best && frame !== undefined ? percent(frame.judge) : '–'}</dd>
      </div>
    )}
  </dl>
);

const percent = (value: number): string => {
  if (Number.isNaN(value)) return '–';
  return value > 0 && value < 0.005 ? '< 0.5 %' : `${Math.round(100 * value)} %`;
};

/** One button for each response, the best one marked; nothing where there is one only. */
const Trajectories = ({
  store,
  lane,
  shown,
}: {
  store: Store;
  lane: Lane;
  shown: ShownLane;
}): JSX.Element | null => {
  const { frame, trajectory, best } = shown;
  if (frame === undefined || frame.trajectories === 1) return null;
  return (
    <fieldset class="trajectories" aria-label="Trajectories">
      {Array.from(frame.rewards, (reward, k) => {
        // Files of methods that follow no reward hold none.
        const isKnown = !Number.isNaN(reward);
        const isBest = isKnown && k === best;
        return (
          <button
            type="button"
            key={k}
            aria-pressed={k === trajectory}
            aria-label={`Trajectory ${k + 1}${isKnown ? `, reward ${shownNumber(reward)}` : ''}${isBest ? ', the best' : ''}`}
            onClick={() => {
              store.trajectories[lane].value = k;
            }}
          >
            {isBest ? '★ ' : ''}
            {isKnown ? shownNumber(reward) : k + 1}
          </button>
        );
      })}
    </fieldset>
  );
};

/** As high from the beginning as a text of as many tokens becomes, so that nothing below it moves. */
const Text = ({
  shown: { frame, trajectory, slots },
  prompt,
}: {
  shown: ShownLane;
  prompt: string;
}): JSX.Element => (
  <p class="text" data-room={`${prompt} ${'mas '.repeat(slots.length)}`}>
    <span>
      {prompt !== '' && <span class="opening">{prompt.trim()} </span>}
      {frame?.texts[trajectory]}
    </span>
  </p>
);

const CostMeter = ({ shown: { frame }, guided }: { shown: ShownLane; guided: boolean }): JSX.Element => {
  const { denoiserPasses = 0, gradientPasses = 0, seconds = 0 } = frame?.cost ?? {};
  return (
    <p class="cost">
      {!Number.isNaN(denoiserPasses) && (
        <span>{denoiserPasses === 1 ? '1 denoiser pass' : `${denoiserPasses} denoiser passes`}</span>
      )}
      {guided && (
        <span>{gradientPasses === 1 ? '1 reward gradient' : `${gradientPasses} reward gradients`}</span>
      )}
      <span>{seconds.toFixed(1)} s</span>
    </p>
  );
};
