import type { EvaluationProgress } from '@entrgi/evaluation';
import { seconds } from '../display/progress-line.js';

/** "12 of 768 results, 2% · 31 s, 12 min 5 s left". */
export const evaluationLine = (since = performance.now()) => {
  return ({ done, total, secondsLeft }: EvaluationProgress, now = performance.now()): string => {
    const share = total === 0 ? 100 : Math.floor((100 * done) / total);
    const left = secondsLeft === undefined ? '' : `, ${seconds(1000 * secondsLeft)} left`;
    return `${done} of ${total} results, ${share}% · ${seconds(now - since)}${left}`;
  };
};
