import { UnsupportedError } from '@entrgi/core';
import type { Component } from '../file/component.js';
import type { Budget } from '../text/budget.js';
import type { Ranges } from '../text/split.js';
import { knownExpressions } from './known-expressions.js';
import { translateExpression } from './translate-expression.js';

/** Something to find in texts. */
export interface Pattern {
  ranges(text: string, budget: Budget): Ranges;
  /**
   * Whether the time it takes depends on nothing but the length of the text; the others are run with a limit.
   */
  readonly isKnown: boolean;
}

/** The pattern `{ "String": … }` or `{ "Regex": … }` of a component. */
export const readPattern = (part: Component): Pattern => {
  const value = part.value('pattern') as { String?: unknown; Regex?: unknown } | null | undefined;
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (names.length === 1 && typeof value?.String === 'string') return stringPattern(value.String);
  if (names.length === 1 && typeof value?.Regex === 'string')
    return expressionPattern(value.Regex, part.where);
  return part.fail('pattern: expected { "String": … } or { "Regex": … }', value);
};

/** The text itself. The empty one is found before every character, and at the end. */
export const stringPattern = (wanted: string): Pattern => ({
  isKnown: true,
  ranges(text, budget) {
    const ranges: number[] = [];
    if (wanted === '') {
      for (let at = 0; at <= text.length && text !== ''; at += width(text, at)) ranges.push(at, at);
      return ranges;
    }
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      ranges.push(at, at + wanted.length);
    }
    budget.spend(text.length);
    return ranges;
  },
});

const expressionPattern = (expression: string, where: string): Pattern => {
  const compiled = new RegExp(translateExpression(expression, where), 'gv');
  const isKnown = knownExpressions.has(expression);
  return {
    isKnown,
    ranges(text, budget) {
      const ranges: number[] = [];
      let at = 0;
      let lastEnd = -1;
      while (text !== '' && at <= text.length) {
        compiled.lastIndex = at;
        const match = search(compiled, text, where);
        if (match === null) break;
        if (isInsidePair(text, match.index)) {
          // V8 also tries a lookaround between the halves of a character.
          at = match.index + 1;
          continue;
        }
        const end = match.index + match[0].length;
        // An empty match right behind a match does not count; the search goes on one character later.
        if (match[0] === '' && end === lastEnd) {
          at += width(text, at);
          continue;
        }
        ranges.push(match.index, end);
        lastEnd = at = end;
      }
      budget.spend(text.length + ranges.length);
      return ranges;
    },
  };
};

const isInsidePair = (text: string, at: number): boolean => at > 0 && text.codePointAt(at - 1)! > 0xffff;

/** UTF-16 units of the character there. */
const width = (text: string, at: number): number => (text.codePointAt(at)! > 0xffff ? 2 : 1);

const search = (expression: RegExp, text: string, where: string): RegExpExecArray | null => {
  try {
    return expression.exec(text);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
    throw new UnsupportedError(
      `${where}: the expression needs too much memory on a text of ${text.length} characters.`,
      {
        value: text.length,
        hint: 'Shorten the text.',
        cause: error,
      },
    );
  }
};
