/** Characters of a word (a name, a path, an address), and of a message, that are shown. */
const WORD = 240;
const MESSAGE = 4000;

/** Beginning and end of what is longer than it may be. */
const clip = (text: string, length: number): string =>
  text.length <= length
    ? text
    : `${text.slice(0, Math.ceil(length * 0.6))}…${text.slice(text.length - Math.floor(length * 0.3))}`;

/**
 * A message that can be read whatever stands in it: names come from files of strangers, and may be megabytes.
 * Of long words, and of a long message, the beginning and the end.
 */
export const clipMessage = (message: string): string =>
  clip(
    message.length <= WORD ? message : message.replace(/\S+/g, (word) => clip(word, WORD)),
    MESSAGE,
  ).replace(/[\ud800-\udbff]?…[\udc00-\udfff]?/g, '…');
