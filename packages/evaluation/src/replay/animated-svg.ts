import { lastStep, picture } from './picture.js';
import type { Track } from './track.js';

/** Milliseconds that a step stays, and the last one. */
export const tempo = { step: 150, end: 2500 };

/**
 * The picture that plays by itself, again and again, wherever SVG is shown; where it is not animated, the
 * last step.
 */
export const animatedSvg = (tracks: readonly Track[]): string => {
  const last = lastStep(tracks);
  const duration = last * tempo.step + tempo.end;
  const at = (step: number) => Number(Math.min(1, (step * tempo.step) / duration).toFixed(5));
  return picture(tracks, (markup, from, to) => {
    const isOver = to < last;
    const times = [0, at(from), ...(isOver ? [at(to + 1)] : [])];
    const values = [from === 0 ? 1 : 0, 1, ...(isOver ? [0] : [])];
    return `<g opacity="${isOver ? 0 : 1}"><animate attributeName="opacity" calcMode="discrete" dur="${duration}ms" repeatCount="indefinite" keyTimes="${times.join(';')}" values="${values.join(';')}"/>${markup}</g>`;
  });
};
