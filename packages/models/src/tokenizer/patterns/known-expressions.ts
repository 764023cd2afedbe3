/**
 * Between them, the expressions of nearly all tokenizers in use. Each takes time in proportion to the text,
 * whatever the text is.
 */
export const knownExpressions: ReadonlySet<string> = new Set([
  // GPT-2, RoBERTa and their descendants
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  // Qwen 2 and 3, Dream
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  // Llama 3, LLaDA
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  // DeBERTa's
  '\\s{2,}|[\\n\\r\\t]',
  ' {2,}',
  '\\s+',
]);
