import { UnsupportedError } from '@entrgi/core';
import type { Component } from './file/component.js';
import type { Model } from './models/model.js';
import type { Normalizer } from './normalizer.js';
import { type Budget, budgetFor } from './text/budget.js';
import { dictionary } from './text/dictionary.js';
import { isFromUser, sliced, type Traced, untraced } from './text/traced.js';

/** A token that is found in the text itself, before the model sees any of it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only between characters that belong to no word. */
  readonly isSingleWord: boolean;
  /** Takes the blanks before it, or behind it, along. */
  readonly stripsLeft: boolean;
  readonly stripsRight: boolean;
  /** Looked for in the normalized text, in normalized form. */
  readonly isNormalized: boolean;
  readonly isSpecial: boolean;
}

/** A stretch of text, or an added token in it. */
export type Section = Traced | number;

export interface AddedTokens {
  readonly byId: ReadonlyMap<number, AddedToken>;
  /** The token's form in the text that is to be decoded. */
  spelling(id: number): string | undefined;
  /** Finds those that are looked for before normalizing, or those after. */
  sections(text: Traced, isNormalized: boolean, budget: Budget): Section[];
}

/**
 * Reads added_tokens. The ids are those that the Rust library gives, whatever the file says: the model's
 * where its vocabulary has the token, else the next ones behind the vocabulary.
 */
export const readAddedTokens = (
  batches: readonly (readonly Component[])[],
  model: Model,
  normalizer: Normalizer | undefined,
): AddedTokens => {
  const idByContent = new Map<string, number>();
  const byId = new Map<number, AddedToken>();
  const spellings = new Map<number, string>();
  const places = new Map<number, Component>();
  const read = (part: Component, newId: () => number): void => {
    const content = part.text('content').toWellFormed();
    part.count('id');
    if (content === '') return;
    const known = idByContent.get(content) ?? model.ids.get(content);
    const id = known ?? newId();
    const isSpecial = part.flag('special', false);
    const token: AddedToken = {
      id,
      content,
      isSingleWord: part.flag('single_word', false),
      stripsLeft: part.flag('lstrip', false),
      stripsRight: part.flag('rstrip', false),
      isNormalized: part.flag('normalized', !isSpecial),
      isSpecial,
    };
    idByContent.set(content, id);
    byId.set(id, token);
    places.set(id, part);
    if (!token.isNormalized || normalizer === undefined) return;
    spellings.set(id, normalizer.normalize(untraced(content), budgetFor(content.length, part.where)).text);
  };
  for (const batch of batches) {
    let nextId = model.size;
    for (const id of byId.keys()) nextId = Math.max(nextId, id + 1);
    for (const part of batch) read(part, () => nextId++);
  }

  const finder = (isNormalized: boolean) => {
    const tokens = new Map<string, AddedToken>();
    for (const token of byId.values()) {
      if (token.isNormalized !== isNormalized) continue;
      const spelling = (isNormalized ? spellings.get(token.id) : undefined) ?? token.content;
      const refuse = (what: string): never => {
        throw new UnsupportedError(
          `${places.get(token.id)!.where}: ${JSON.stringify(token.content)} is ${what} when normalized.`,
          {
            value: token.content,
            hint: 'Set "normalized" to false for it in tokenizer.json.',
          },
        );
      };
      if (spelling === '') refuse('nothing');
      if (tokens.has(spelling)) refuse('the same as another added token');
      tokens.set(spelling, token);
    }
    return { tokens, known: dictionary(tokens.keys(), (text) => tokens.has(text)) };
  };
  const [raw, normalized] = [finder(false), finder(true)];

  return {
    byId,
    spelling: (id) => spellings.get(id) ?? byId.get(id)?.content,
    sections(traced, isNormalized, budget) {
      const { tokens, known } = isNormalized ? normalized : raw;
      const { text } = traced;
      if (tokens.size === 0) return [traced];
      budget.spend(text.length);
      const sections: Section[] = [];
      let from = 0;
      for (let at = 0; at < text.length; ) {
        const token = known.begins(text.charCodeAt(at)) ? longest(at) : undefined;
        if (token === undefined) {
          at++;
          continue;
        }
        let [start, end] = [at, at + token.length];
        at = end;
        const { id, isSingleWord, stripsLeft, stripsRight } = tokens.get(token)!;
        if (isSingleWord && (endsWithWord(text, start) || startsWithWord(text, end))) continue;
        if (stripsRight) while (end < text.length && isBlank(text[end]!)) end++;
        if (stripsLeft) {
          while (start > from && isBlank(text[start - 1]!)) start--;
          // The token before it may have taken all of it, being blank itself; one that does not strip is found all the same.
          start = Math.max(start, from);
          if (start >= end) continue;
        }
        budget.spend(end - at);
        if (from < start) sections.push(sliced(traced, from, start));
        sections.push(id);
        from = end;
      }
      if (from < text.length) sections.push(sliced(traced, from, text.length));
      return sections;

      /**
       * The longest token that begins there and may: a special one not where somebody else's text has a share
       * in it.
       */
      function longest(start: number): string | undefined {
        for (const length of known.lengthsAt(text, start, budget).reverse()) {
          const token = text.slice(start, start + length);
          if (!tokens.get(token)!.isSpecial) return token;
          if (!isFromUser(traced, start, start + length)) return token;
        }
        return undefined;
      }
    },
  };
};

/** What Rust's `regex` calls a word character. */
const wordCharacter = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

const startsWithWord = (text: string, at: number): boolean =>
  at < text.length && wordCharacter.test(String.fromCodePoint(text.codePointAt(at)!));

const endsWithWord = (text: string, at: number): boolean => {
  if (at === 0) return false;
  const isPair = at >= 2 && text.codePointAt(at - 2)! > 0xffff;
  return startsWithWord(text, isPair ? at - 2 : at - 1);
};

/** All blanks are single UTF-16 units. */
const isBlank = (unit: string): boolean => /\p{White_Space}/u.test(unit);
