import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Slot } from '../history/lane-history.js';
import type { Words } from '../history/words.js';
import { type Lane, lanes } from '../protocol/protocol.js';
import type { Colouring } from '../state/look.js';
import { shownColouring } from '../state/shown-colouring.js';
import { type ShownLane, shownLane } from '../state/shown-lane.js';
import { shownSteps } from '../state/shown-steps.js';
import type { Store } from '../state/store.js';
import { spokenToken, tokenText } from './token-text.js';

interface GridProps {
  readonly store: Store;
  readonly lane: Lane;
  readonly shown: ShownLane;
}

/** One cell a slot, all of one size: nothing moves while tokens appear. One of them can be reached with Tab, the others with the arrows. */
export const TokenGrid = ({ store, lane, shown }: GridProps): JSX.Element => {
  const { words } = shown;
  const place = store.place.value;
  const list = useRef<HTMLFieldSetElement>(null);
  const current = place?.lane === lane ? place.position : 0;
  const colouring = shownColouring(store);
  const strongest = colouring === 'gradient' ? strongestPull(store) : 1;
  const locked = new Set(store.settings.value.locks.map(({ position }) => position));
  const go = (position: number) => {
    if (position < 0 || position >= shown.slots.length) return;
    store.place.value = { lane, position };
    list.current?.querySelectorAll<HTMLElement>('.token')[position]?.focus();
  };
  const perRow = () => {
    const cells = [...(list.current?.querySelectorAll<HTMLElement>('.token') ?? [])];
    return Math.max(
      1,
      cells.findIndex((cell) => cell.offsetTop !== cells[0]!.offsetTop),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') store.held.value = undefined;
    const moves: Readonly<Record<string, () => number>> = {
      ArrowLeft: () => current - 1,
      ArrowRight: () => current + 1,
      ArrowUp: () => current - perRow(),
      ArrowDown: () => current + perRow(),
      Home: () => 0,
      End: () => shown.slots.length - 1,
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    go(move());
  };
  const steps = shownSteps(store);
  return (
    <fieldset class="tokens" aria-label="Tokens" ref={list} onKeyDown={onKeyDown}>
      {shown.slots.map((slot) => (
        <Token
          key={slot.position}
          slot={slot}
          words={words}
          level={levelOf(slot, colouring, { steps, strongest })}
          fresh={slot.committedAt > 0 && slot.committedAt === shown.step}
          chosen={place?.lane === lane && place.position === slot.position}
          reachable={slot.position === current}
          locked={shown.isFile ? false : locked.has(slot.position)}
          onPoint={() => {
            if (store.held.value === undefined) store.place.value = { lane, position: slot.position };
          }}
          onReach={() => {
            store.place.value = { lane, position: slot.position };
          }}
          onChoose={(by) => {
            store.place.value = { lane, position: slot.position };
            store.held.value = by;
          }}
        />
      ))}
    </fieldset>
  );
};

/** What a cell's colour says, in [0, 1]; 0 where nothing is known. */
const levelOf = (
  slot: Slot,
  colouring: Colouring,
  { steps, strongest }: { readonly steps: number; readonly strongest: number },
): number => {
  // A few are pulled at and moved far more than all others: of these something is to be seen too.
  if (colouring === 'gradient') return Math.sqrt(slot.pull / strongest) || 0;
  if (colouring === 'guidance') return Math.sqrt(slot.moved) || 0;
  if (colouring === 'entropy') return slot.weight || 0;
  if (slot.tokenId === undefined) return 0;
  return colouring === 'step' ? slot.committedAt / steps : slot.certainty || 0;
};

/** Of all that both lanes show: steps pull very differently. What has no gradient is NaN. */
const strongestPull = (store: Store): number =>
  Math.max(
    0,
    ...lanes.flatMap((lane) =>
      shownLane(store, lane).slots.flatMap(({ pull }) => (Number.isNaN(pull) ? [] : [pull])),
    ),
  );

interface TokenProps {
  readonly slot: Slot;
  readonly words: Words | undefined;
  readonly level: number;
  readonly fresh: boolean;
  readonly chosen: boolean;
  readonly reachable: boolean;
  readonly locked: boolean;
  onPoint(): void;
  onReach(): void;
  onChoose(by: 'pointer' | 'keyboard'): void;
}

const Token = ({
  slot,
  words,
  level,
  fresh,
  chosen,
  reachable,
  locked,
  onPoint,
  onReach,
  onChoose,
}: TokenProps): JSX.Element => {
  const masked = slot.tokenId === undefined;
  const ghost = slot.after[0]?.id;
  const shownId = slot.tokenId ?? ghost;
  const text = words === undefined || shownId === undefined ? '' : tokenText(words, shownId);
  return (
    <button
      type="button"
      class={`token${masked ? ' masked' : ''}${fresh ? ' fresh' : ''}${chosen ? ' chosen' : ''}${locked ? ' locked' : ''}`}
      style={{ '--level': level.toFixed(2) }}
      tabIndex={reachable ? 0 : -1}
      aria-pressed={chosen}
      aria-label={describe(slot, words) + (locked ? ', locked' : '')}
      // A click that Enter or Space makes is counted as none.
      onClick={({ detail }) => onChoose(detail === 0 ? 'keyboard' : 'pointer')}
      onFocus={onReach}
      onPointerEnter={(event) => event.pointerType === 'mouse' && onPoint()}
    >
      {text}
    </button>
  );
};

const describe = (
  { position, tokenId, committedAt, certainty, after }: Slot,
  words: Words | undefined,
): string => {
  const at = `Token ${position + 1}`;
  if (words === undefined) return `${at}: masked`;
  if (tokenId === undefined) {
    const [ghost] = after;
    return `${at}: masked${ghost === undefined ? '' : `, most likely ${spokenToken(words, ghost.id)}`}`;
  }
  const sure = Number.isNaN(certainty) ? '' : `, ${Math.round(100 * certainty)} % certain`;
  const since = committedAt === 0 ? 'there from the beginning' : `written in step ${committedAt}`;
  return `${at}: ${spokenToken(words, tokenId)}, ${since}${sure}`;
};
