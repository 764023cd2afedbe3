import type { JSX } from 'preact';
import type { Candidate } from '../state/lane-history.js';
import { shownLane } from '../state/shown-lane.js';
import type { Store } from '../state/store.js';
import type { Words } from '../state/words.js';
import { laneLabel } from './lane-label.js';
import { spokenToken, tokenText } from './token-text.js';

/** The candidates of the slot that is pointed at, before and after guidance. */
export const CandidatesCard = ({ store }: { store: Store }): JSX.Element => {
  const place = store.place.value;
  const shown = place === undefined ? undefined : shownLane(store, place.lane);
  const slot = place === undefined ? undefined : shown?.slots[place.position];
  const words = shown?.words;
  return (
    <section class="card candidates" aria-labelledby="candidates">
      <h3 id="candidates">
        Candidates{' '}
        <small>
          {place === undefined
            ? 'of the token that you point at'
            : `of token ${place.position + 1}, ${laneLabel(store, place.lane).name}`}
        </small>
      </h3>
      {slot === undefined || words === undefined || slot.before.length === 0 ? (
        <p class="empty">
          Point at a token, or reach it with Tab and the arrow keys, to see what it could have become.
        </p>
      ) : (
        <>
          <p class="facts">
            {slot.tokenId === undefined
              ? 'Still masked.'
              : `Written in step ${slot.committedAt}: “${spokenToken(words, slot.tokenId)}”.`}{' '}
            Entropy weight {slot.weight.toFixed(2)}, moved by guidance {Math.round(100 * slot.moved)} %.
          </p>
          <div class="lists">
            <Bars title="Before guidance" candidates={slot.before} words={words} chosen={slot.tokenId} />
            <Bars title="After" candidates={slot.after} words={words} chosen={slot.tokenId} />
          </div>
        </>
      )}
    </section>
  );
};

interface BarsProps {
  readonly title: string;
  readonly candidates: readonly Candidate[];
  readonly words: Words;
  readonly chosen: number | undefined;
}

const Bars = ({ title, candidates, words, chosen }: BarsProps): JSX.Element => (
  <div>
    <h4>{title}</h4>
    <ol class="bars">
      {candidates.map(({ id, prob }) => (
        <li key={id} class={id === chosen ? 'chosen' : ''} style={{ '--level': prob.toFixed(3) }}>
          <span class="word">{tokenText(words, id)}</span>
          <span class="percent">{prob < 0.001 ? '<0.1' : (100 * prob).toFixed(1)} %</span>
        </li>
      ))}
    </ol>
  </div>
);
