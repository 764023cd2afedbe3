import type { Colouring } from './look.js';
import type { Store } from './store.js';

/** What the colours of tokens say: of files, which hold nothing else, the step that wrote them. Reads signals. */
export const shownColouring = ({ histories, colouring }: Store): Colouring =>
  histories[0].value.title === undefined ? colouring.value : 'step';
