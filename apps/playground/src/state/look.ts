import { type Signal, signal } from '@preact/signals';
import type { Lane } from '../protocol/protocol.js';

/** What a token's colour says. */
export const colourings = ['certainty', 'guidance', 'gradient', 'entropy', 'step'] as const;
export type Colouring = (typeof colourings)[number];

/** A slot of a lane's shown response. */
export interface Place {
  readonly lane: Lane;
  readonly position: number;
}

/** How one looks at what was run. */
export interface Look {
  /** The step that is looked at; undefined: the latest. */
  readonly cursor: Signal<number | undefined>;
  readonly colouring: Signal<Colouring>;
  readonly place: Signal<Place | undefined>;
  /** Whether the place stays where it is while the pointer moves on, and what it was chosen with. */
  readonly held: Signal<'pointer' | 'keyboard' | undefined>;
  /** Response that is looked at in each lane; undefined: the one with the highest reward. */
  readonly trajectories: readonly [Signal<number | undefined>, Signal<number | undefined>];
}

export const newLook = (): Look => ({
  cursor: signal<number | undefined>(undefined),
  colouring: signal<Colouring>('certainty'),
  place: signal<Place | undefined>(undefined),
  held: signal<'pointer' | 'keyboard' | undefined>(undefined),
  trajectories: [signal<number | undefined>(undefined), signal<number | undefined>(undefined)],
});

/** At something else: nothing of it has been chosen yet; the colours mean what they meant. */
export const lookElsewhere = ({ cursor, place, held, trajectories }: Look): void => {
  for (const each of [cursor, place, held, ...trajectories]) each.value = undefined;
};
