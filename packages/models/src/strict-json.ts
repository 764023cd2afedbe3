/** JSON whose objects name no key twice; throws SyntaxError. (JSON.parse keeps the last of two and says nothing.) */
export const strictJson = (text: string): unknown => {
  const value: unknown = JSON.parse(text);
  // The text is valid JSON, so a string before a colon is a key, and brackets match.
  const token = /"(?:[^"\\]|\\.)*"(?<colon>\s*:)?|[{}]/g;
  const open: Set<string>[] = [];
  for (const match of text.matchAll(token)) {
    if (match[0] === '{') open.push(new Set());
    else if (match[0] === '}') open.pop();
    else if (match.groups?.colon !== undefined) {
      const key = JSON.parse(match[0].slice(0, -match.groups.colon.length)) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) throw new SyntaxError(`the key ${JSON.stringify(key)} stands there twice`);
      keys.add(key);
    }
  }
  return value;
};
