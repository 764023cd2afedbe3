import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Candidate } from '../history/lane-history.js';
import type { Words } from '../history/words.js';
import type { Lane } from '../protocol/protocol.js';
import { editOfSlot } from '../state/edit-of-slot.js';
import { shownLane } from '../state/shown-lane.js';
import type { Store } from '../state/store.js';
import { laneLabel } from './lane-label.js';
import { TokenEditor } from './token-editor.jsx';
import { spokenToken, tokenText } from './token-text.js';

/** The candidates of the slot that is pointed at, before and after guidance. */
export const CandidatesCard = ({ store }: { store: Store }): JSX.Element => {
  const card = useRef<HTMLElement>(null);
  const place = store.place.value;
  const shown = place === undefined ? undefined : shownLane(store, place.lane);
  const slot = place === undefined ? undefined : shown?.slots[place.position];
  const words = shown?.words;
  const editable =
    place !== undefined &&
    shown !== undefined &&
    slot !== undefined &&
    !shown.isFile &&
    shown.frame !== undefined;
  const write = (tokenId: number) => {
    if (editable) store.edit(editOfSlot(place.lane, shown, slot, tokenId));
  };
  const choose = editable && store.held.value !== undefined ? write : undefined;
  const isLocked = store.settings.value.locks.some(({ position }) => position === place?.position);
  return (
    <section class="card candidates" ref={card} aria-labelledby="candidates">
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
          {slot?.tokenId === undefined
            ? 'Point at a token, or reach it with Tab and the arrow keys, to see what it could have become; click it to change it.'
            : 'Nothing is known of what else it could have become.'}
        </p>
      ) : (
        <>
          <p class="facts">
            {slot.tokenId === undefined
              ? 'Still masked.'
              : slot.committedAt === 0
                ? `There from the beginning: “${spokenToken(words, slot.tokenId)}”.`
                : `Written in step ${slot.committedAt}: “${spokenToken(words, slot.tokenId)}”.`}{' '}
            Entropy weight {slot.weight.toFixed(2)}, moved by guidance {Math.round(100 * slot.moved)} %.
          </p>
          <div class="lists">
            <Bars
              title="Before guidance"
              candidates={slot.before}
              words={words}
              chosen={slot.tokenId}
              choose={choose}
            />
            <Bars title="After" candidates={slot.after} words={words} chosen={slot.tokenId} choose={choose} />
          </div>
        </>
      )}
      {store.held.value !== undefined && editable && words !== undefined && (
        <TokenEditor
          key={`${place.lane} ${place.position}`}
          slot={slot}
          words={words}
          locked={isLocked}
          focused={store.held.value === 'keyboard'}
          leave={() => {
            store.held.value = undefined;
            focusToken(card.current, place.lane);
          }}
          write={write}
          lock={(tokenId) => store.toggleLock({ position: place.position, tokenId })}
        />
      )}
    </section>
  );
};

/** The token of a lane that Tab reaches is the one that was chosen. */
const focusToken = (within: HTMLElement | null, lane: Lane): void =>
  (within?.getRootNode() as ShadowRoot | undefined)
    ?.querySelector<HTMLElement>(`.lane-${lane} .token[tabindex="0"]`)
    ?.focus();

interface BarsProps {
  readonly title: string;
  readonly candidates: readonly Candidate[];
  readonly words: Words;
  readonly chosen: number | undefined;
  /** Writes one of them; undefined where none can be. */
  readonly choose: ((tokenId: number) => void) | undefined;
}

const Bars = ({ title, candidates, words, chosen, choose }: BarsProps): JSX.Element => (
  <div>
    <h4>{title}</h4>
    <ol class="bars">
      {candidates.map(({ id, prob }) => (
        <li key={id} class={id === chosen ? 'chosen' : ''} style={{ '--level': prob.toFixed(3) }}>
          {choose === undefined ? (
            <span class="word">{tokenText(words, id)}</span>
          ) : (
            <button
              type="button"
              class="word"
              aria-label={`Write “${spokenToken(words, id)}” and run on`}
              onClick={() => choose(id)}
            >
              {tokenText(words, id)}
            </button>
          )}
          <span class="percent">{prob < 0.001 ? '<0.1' : (100 * prob).toFixed(1)} %</span>
        </li>
      ))}
    </ol>
  </div>
);
