/** Deeper than anything that people write; Python stops here as well. */
const DEEPEST = 1000;

/**
 * JSON whose objects name no key twice, nested at most 1000 deep; throws SyntaxError. (JSON.parse keeps the
 * last of two and says nothing, and takes seconds for a million brackets, on which whatever walks through
 * them then overflows.)
 */
export const strictJson = (text: string): unknown => {
  if (isTooDeep(text)) throw new SyntaxError(`nested more than ${DEEPEST} deep`);
  const value: unknown = JSON.parse(text);
  // As many keys in the value as in the text: none was lost. Only where one was is it worth finding.
  if (keysIn(value) !== keysWritten(text))
    throw new SyntaxError(`the key ${JSON.stringify(repeated(text))} stands there twice`);
  return value;
};

const [QUOTE, BACKSLASH] = [34, 92];
const isOpening = (code: number) => code === 91 || code === 123;
const isClosing = (code: number) => code === 93 || code === 125;

/** Whether so many brackets are open at once, those in strings aside. */
const isTooDeep = (text: string): boolean => {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) {
        if (text.charCodeAt(i) === BACKSLASH) i++;
      }
    } else if (isOpening(code)) {
      if (++depth > DEEPEST) return true;
    } else if (isClosing(code)) depth--;
  }
  return false;
};

const keysIn = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const each of value) count += keysIn(each);
  else for (const key in value) count += 1 + keysIn((value as Record<string, unknown>)[key]);
  return count;
};

/** The text is valid JSON, so a string before a colon is a key. */
const keysWritten = (text: string): number => {
  const string = /"(?:[^"\\]|\\.)*"(\s*:)?/g;
  let count = 0;
  while (string.test(text)) if (text.charCodeAt(string.lastIndex - 1) === COLON) count++;
  return count;
};

const COLON = 58;

const repeated = (text: string): string | undefined => {
  const token = /"(?:[^"\\]|\\.)*"(?<colon>\s*:)?|[{}]/g;
  const open: Set<string>[] = [];
  for (const match of text.matchAll(token)) {
    if (match[0] === '{') open.push(new Set());
    else if (match[0] === '}') open.pop();
    else if (match.groups?.colon !== undefined) {
      const key = JSON.parse(match[0].slice(0, -match.groups.colon.length)) as string;
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
};
