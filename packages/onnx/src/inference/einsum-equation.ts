/**
 * Letters of each operand and of the result, with the ellipsis spelt out in capitals, aligned at its last
 * axis.
 */
export function parseEquation(
  equation: string,
  ranks: readonly number[],
): { terms: string[]; result: string } {
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  const written = left.split(',');
  const widths = written.map((term, i) => (term.includes('...') ? ranks[i]! - (term.length - 3) : 0));
  const used = new Set(equation);
  const free = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((letter) => !used.has(letter));
  const ellipsis = free.slice(0, Math.max(0, ...widths)).join('');
  const spelt = (term: string, width: number) => term.replace('...', ellipsis.slice(ellipsis.length - width));
  const terms = written.map((term, i) => spelt(term, widths[i]!));
  // Without an arrow: the ellipsis, then the letters that occur once, in alphabetical order.
  const letters = left.replaceAll(/[^A-Za-z]/g, '');
  const once = [...new Set(letters)].filter((letter) => letters.split(letter).length === 2).sort();
  const result = right === undefined ? ellipsis + once.join('') : spelt(right, ellipsis.length);
  return { terms, result };
}
