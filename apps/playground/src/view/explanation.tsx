import type { JSX } from 'preact';

/** What is seen here, for those who do not know it. */
export const Explanation = (): JSX.Element => (
  <details class="card explanation">
    <summary>What am I looking at?</summary>
    <div class="columns">
      <p>
        A masked diffusion language model begins with nothing but masks and fills in a few of them at every
        step, the surest first. At each step it has a distribution for <em>all</em> masked positions at once.
      </p>
      <p>
        A reward model rates stories. Its gradient says how every distribution would have to change for a
        better story. Tokens are discrete, so the reward model reads a mix of the expected embedding and one
        sampled token’s; <b>EntRGi</b> lets each position’s own entropy decide the mix. Then the model’s
        logits take a step uphill, and only after that are tokens drawn.
      </p>
      <p>
        Both lanes use the same seed, so that they differ by guidance alone. The judge is a third model that
        guidance never sees: a reward that rises while the judge falls is being cheated.
      </p>
    </div>
    <p class="keys">
      <kbd>Space</kbd> run or pause · <kbd>.</kbd> one step · <kbd>Esc</kbd> stop · <kbd>←</kbd> <kbd>→</kbd>{' '}
      look back and forth · <kbd>Ctrl</kbd> <kbd>Enter</kbd> in the box: run
    </p>
  </details>
);
