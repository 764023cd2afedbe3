import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Store } from '../state/store.js';
import { tourStops } from './tour-stops.js';

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
    button.current?.focus();
  };
  const begin = () => {
    // There has to be something to look at; a file has no gradient.
    if (store.shown.value === undefined) store.run();
    at.value = 0;
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
    return () => document.removeEventListener('keydown', onKey, true);
  }, [isOpen]);

  useEffect(() => {
    if (index === undefined) return;
    const stop = tourStops[index]!;
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
          <h3 id="tour-title">
            {tourStops[index]!.title}{' '}
            <small>
              {index + 1} of {tourStops.length}
            </small>
          </h3>
          <p id="tour-text">{tourStops[index]!.text}</p>
          <div class="row">
            <button type="button" disabled={index === 0} onClick={() => (at.value = index - 1)}>
              Back
            </button>
            {index < tourStops.length - 1 && (
              <button type="button" class="main" onClick={() => (at.value = index + 1)}>
                Next
              </button>
            )}
            <button type="button" class="quiet" onClick={close}>
              {index < tourStops.length - 1 ? 'Close' : 'Done'}
            </button>
          </div>
        </div>
      )}
    </>
  );
};
