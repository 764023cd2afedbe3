import { UnsupportedError } from '@entrgi/core';
import type { Component } from './file/component.js';
import type { Edit } from './text/traced.js';

/** Characters of more bytes than this are looked up code point by code point. */
const longestWhole = 5;

/**
 * SentencePiece's table of replacements: a double-array trie over UTF-8 bytes, whose values are places in a
 * list of texts, each ended by a zero byte. Returns the edits for a text, user-perceived character by
 * user-perceived character.
 */
export const precompiledCharsmap = (part: Component): ((text: string) => Edit[]) => {
  const bytes = base64(part);
  const trieBytes = bytes.length < 4 ? 0 : new DataView(bytes.buffer).getUint32(0, true);
  const trieLength = trieBytes >>> 2;
  if (bytes.length < 4 || 4 + 4 * trieLength > bytes.length || trieLength === 0) {
    part.fail('precompiled_charsmap: expected a table of replacements', bytes.length);
  }
  const view = new DataView(bytes.buffer, 4, 4 * trieLength);
  const trie = Uint32Array.from({ length: trieLength }, (_, i) => view.getUint32(4 * i, true));
  const texts = bytes.subarray(4 + 4 * trieLength);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const encoder = new TextEncoder();
  try {
    decoder.decode(texts);
  } catch {
    part.fail('precompiled_charsmap: expected replacements in UTF-8', texts.length);
  }
  const corrupt = (): never => part.fail('precompiled_charsmap: the table is corrupt', trieLength);

  const textAt = (start: number): string => {
    if (start > texts.length) return corrupt();
    const end = texts.indexOf(0, start);
    try {
      return decoder.decode(texts.subarray(start, end < 0 ? texts.length : end));
    } catch {
      return corrupt();
    }
  };
  /** The replacement of the shortest entry that the text begins with. */
  const lookUp = (text: string): string | undefined => {
    const offset = (unit: number): number => (unit >>> 10) << ((unit & 512) >>> 6);
    let node = offset(trie[0]!);
    for (const byte of encoder.encode(text)) {
      if (byte === 0) break;
      node ^= byte;
      const unit = trie[node] ?? corrupt();
      if ((unit & 0x800000ff) >>> 0 !== byte) return undefined;
      node ^= offset(unit);
      if ((unit & 256) !== 0) return textAt((trie[node] ?? corrupt()) & 0x7fffffff);
    }
    return undefined;
  };
  const cache = new Map<string, string | undefined>();
  const replacement = (text: string): string | undefined => {
    if (cache.has(text)) return cache.get(text);
    const found = lookUp(text);
    if (cache.size < 10_000) cache.set(text, found);
    return found;
  };

  if (typeof Intl.Segmenter !== 'function') {
    throw new UnsupportedError(`${part.where}: Precompiled, where there is no Intl.Segmenter.`, {
      hint: 'Use a newer runtime.',
    });
  }
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return (text) => {
    const edits: Edit[] = [];
    for (const { segment, index } of segmenter.segment(text)) {
      const whole = byteLength(segment) <= longestWhole ? replacement(segment) : undefined;
      if (whole !== undefined) {
        edits.push({ start: index, end: index + segment.length, text: whole });
        continue;
      }
      let start = index;
      for (const character of segment) {
        const found = replacement(character);
        const end = start + character.length;
        if (found !== undefined) edits.push({ start, end, text: found });
        start = end;
      }
    }
    return edits;
  };
};

const byteLength = (text: string): number => {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (length > longestWhole) break;
  }
  return length;
};

const base64 = (part: Component): Uint8Array<ArrayBuffer> => {
  const text = part.text('precompiled_charsmap');
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return part.fail('precompiled_charsmap: expected base64', text.length);
  }
};
