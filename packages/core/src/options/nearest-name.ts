/**
 * The name that takes the fewest edits to get to, regardless of case; undefined where none takes less than
 * half of its letters.
 */
export const nearestName = (name: string, names: readonly string[]): string | undefined => {
  let [nearest, fewest]: [string | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const other of names) {
    const edits = editDistance(name.toLowerCase(), other.toLowerCase());
    if (edits < fewest && edits < other.length / 2) [nearest, fewest] = [other, edits];
  }
  return nearest;
};

/**
 * How many letters have to be added, removed or replaced to get from one text to the other (Levenshtein).
 * Long texts are cut: they are no misspelt name.
 */
const editDistance = (from: string, to: string): number => {
  const [a, b] = [from.slice(0, 64), to.slice(0, 64)];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, replaced));
    }
    above = row;
  }
  return above[b.length]!;
};
