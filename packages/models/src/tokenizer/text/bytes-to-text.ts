const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 to text; bytes that are no whole character become U+DC00 + byte, as in `Spelling`. */
export const bytesToText = (bytes: readonly number[]): string => {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const [character, length] = characterAt(bytes, at);
    text += character;
    at += length;
  }
  return text;
};

const characterAt = (bytes: readonly number[], at: number): [character: string, length: number] => {
  const first = bytes[at]!;
  if (first < 0x80) return [String.fromCharCode(first), 1];
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  try {
    if (first >= 0xc2 && at + length <= bytes.length) {
      return [decoder.decode(Uint8Array.from(bytes.slice(at, at + length))), length];
    }
  } catch {
    // Not a whole character.
  }
  return [String.fromCharCode(0xdc00 + first), 1];
};
