import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Store } from '../state/store.js';
import { question, tourStops } from './tour-stops.js';

/** Before the first stop: whether opened files may make room. */
const ASKING = -1;

/** Five stops on the live picture. It is no obstacle: the page can be used meanwhile; Escape and Close lead back to where it began. */
export const Tour = ({ store }: { store: Store }): JSX.Element => {
  const at = useSignal<number | undefined>(undefined);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const index = at.value;
  const isOpen = index !== undefined;
  const close = () => {
    at.value = undefined;
    store.cursor.value = undefined;
    store.colouring.value = 'certainty';
  };
  const begin = () => {
    // There has to be something to look at; a file has no gradient, and nobody's files are put away unasked.
    const isFile = store.histories[0].value.title !== undefined;
    if (store.shown.value === undefined && !isFile) store.run();
    at.value = isFile ? ASKING : 0;
  };

  useEffect(() => {
    if (!isOpen) return;
    // Above everything, and placed in the window wherever the element stands.
    panel.current?.showPopover?.();
    const onKey = (event: Event) => {
      if ((event as KeyboardEvent).key !== 'Escape') return;
      // Elsewhere it stops the run.
      event.stopPropagation();
      close();
    };
    document.addEventListener('keydown', onKey, true);
    return () => {
      document.removeEventListener('keydown', onKey, true);
      // Now that the panel is gone: what its last stop had yet to do would take the focus again.
      button.current?.focus();
    };
  }, [isOpen]);

  useEffect(() => {
    if (index === undefined) return;
    const stop = tourStops[index] ?? question;
    stop.show(store);
    const target = (panel.current!.getRootNode() as ShadowRoot).querySelector<HTMLElement>(stop.at);
    target?.setAttribute('data-toured', '');
    // Each stop is read out, and the button that led here may be gone.
    panel.current!.focus({ preventScroll: true });
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    target?.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'start' });
    return () => target?.removeAttribute('data-toured');
  }, [index, store]);

  return (
    <>
      <button
        type="button"
        class="quiet"
        ref={button}
        aria-expanded={isOpen}
        disabled={store.words.value === undefined}
        onClick={isOpen ? close : begin}
      >
        Tour
      </button>
      {index !== undefined && (
        <div
          class="tour"
          popover="manual"
          role="dialog"
          aria-labelledby="tour-title"
          aria-describedby="tour-text"
          tabIndex={-1}
          ref={panel}
        >
          <h2 id="tour-title">
            {(tourStops[index] ?? question).title}{' '}
            {index !== ASKING && (
              <small>
                {index + 1} of {tourStops.length}
              </small>
            )}
          </h2>
          <p id="tour-text">{(tourStops[index] ?? question).text}</p>
          {index === ASKING ? (
            <div class="row">
              <button
                type="button"
                class="main"
                onClick={() => {
                  store.run();
                  at.value = 0;
                }}
              >
                Run
              </button>
              <button type="button" class="quiet" onClick={close}>
                Keep the files
              </button>
            </div>
          ) : (
            <div class="row">
              <button type="button" disabled={index === 0} onClick={() => (at.value = index - 1)}>
                Back
              </button>
              {index < tourStops.length - 1 && (
                <button type="button" class="main" onClick={() => (at.value = index + 1)}>
                  Next
                </button>
              )}
              {index < tourStops.length - 1 ? (
                <button type="button" class="quiet" onClick={close}>
                  Close
                </button>
              ) : (
                <button type="button" class="main" onClick={close}>
                  Done
                </button>
              )}
            </div>
          )}
        </div>
      )}
    </>
  );
};
