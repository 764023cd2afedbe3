/**
 * The byte that each character of a byte-level tokenizer's alphabet stands for: printable Latin-1 characters
 * for themselves, the others from U+0100 on, in order (GPT-2).
 */
export const byteLevelAlphabet: ReadonlyMap<string, number> = (() => {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const alphabet = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    alphabet.set(String.fromCharCode(isPrintable(byte) ? byte : next++), byte);
  }
  return alphabet;
})();
