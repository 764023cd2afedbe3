import { shownLane } from '../state/shown-lane.js';
import type { Store } from '../state/store.js';

/** A place of the page, and what is to be seen there. */
export interface TourStop {
  readonly title: string;
  readonly text: string;
  /** Selects the part of the page that it is about. */
  readonly at: string;
  /** Has the page show what the text speaks of. */
  show(store: Store): void;
}

/** Asked before the first stop, where files are shown. */
export const question: TourStop = {
  title: 'May a run take the place of the files?',
  text: 'The tour shows what guidance saw at every step, and files do not hold that. They leave this page, and nothing else happens to them.',
  at: '.lane-0.lane',
  show() {},
};

export const tourStops: readonly TourStop[] = [
  {
    title: 'It begins with masks',
    text: 'This model does not write from left to right. It begins with nothing but masks and fills in a few at every step, the surest first. In grey, what each mask would most likely become; the slider below goes back and forth in time.',
    at: '.lane-0.lane',
    show(store) {
      store.colouring.value = 'certainty';
      lookAtShare(store, 0.25);
    },
  },
  {
    title: 'A gradient pulls',
    text: 'Below, a reward model reads the draft at every step. Its gradient says, for every mask at once, which tokens would make a better story. The stronger the colour, the more there is to gain there.',
    at: '.lane-1.lane',
    show(store) {
      store.colouring.value = 'gradient';
      lookAtShare(store, 0.25);
    },
  },
  {
    title: 'Entropy chooses the mix',
    text: 'A reward model reads tokens, not distributions. EntRGi feeds it a mix: where the model is nearly certain, the expected embedding, which is then close to a real token; where it is unsure, one sampled token, so that the reward never reads a blur. The colour is the weight of the sampled token.',
    at: '.lane-1.lane',
    show(store) {
      store.colouring.value = 'entropy';
      lookAtShare(store, 0.25);
    },
  },
  {
    title: 'Logits move, then dice are thrown',
    text: 'The gradient moves the logits a few small steps uphill, and only then are tokens drawn. Here is the token that guidance has moved most: its candidates before and after. Click any token to write another one and run on from there.',
    at: '.candidates',
    show(store) {
      store.colouring.value = 'guidance';
      store.cursor.value = undefined;
      const { slots } = shownLane(store, 1);
      const known = slots.filter(({ moved, before }) => moved > 0 && before.length > 0);
      const [most] = known.toSorted((a, b) => b.moved - a.moved);
      if (most !== undefined) store.place.value = { lane: 1, position: most.position };
    },
  },
  {
    title: 'What it is worth',
    text: 'The reward by step, of both lanes: the same dice, so the difference is guidance. Below it a judge that guidance never sees. A reward that rises while the judge falls is being cheated. Now try your own opening, or other dice.',
    at: '.charts',
    show(store) {
      store.colouring.value = 'certainty';
      store.cursor.value = undefined;
    },
  },
];

/** A step that both lanes have taken already, where there is one. */
const lookAtShare = ({ latest, shown, cursor }: Store, share: number): void => {
  const step = Math.max(1, Math.round(share * (shown.value?.steps ?? latest.value)));
  cursor.value = step < latest.value ? step : undefined;
};
