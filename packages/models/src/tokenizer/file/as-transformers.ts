import { CheckpointError } from '@entrgi/core';
import { roleText, tokenizerClass } from './tokenizer-class.js';

/** The files of a tokenizer, as JSON. */
export interface TokenizerFiles {
  /** tokenizer.json, or what stands in for it. */
  readonly file: Settings;
  /**
   * tokenizer_config.json, special_tokens_map.json, added_tokens.json and config.json; empty where there is
   * none.
   */
  readonly settings: Settings;
  readonly specialTokensMap: Settings;
  readonly addedTokens: Settings;
  readonly config: Settings;
}

type Settings = Readonly<Record<string, unknown>>;
type Token = { readonly content: string } & Settings;

/** Roles of special tokens, in the order in which those that the vocabulary lacks get ids. */
export const tokenRoles = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
] as const;

/**
 * The tokenizer.json that transformers 5 works with, given all files of a tokenizer: some of its classes make
 * the parts anew, and tokens that only the other files know become added tokens, with the ids that it gives
 * them. In place of `added_tokens` there is `added_token_batches`, lists of them of which each is added after
 * the one before; `roles` are the special tokens by role.
 */
export const asTransformers = (
  files: TokenizerFiles,
  name: string,
): { file: Record<string, unknown>; roles: Record<string, string> } => {
  const { file, config } = files;
  const own = tokenizerClass(file, files.settings, config);
  const listed = tokensIn(file.added_tokens ?? [], `${name}/tokenizer.json: added_tokens`);
  const decoder = files.settings.added_tokens_decoder;
  const hasDecoder = typeof decoder === 'object' && decoder !== null;
  // Files of older versions are read where this one is not there.
  const settings = hasDecoder ? files.settings : { ...files.settings, ...marked(files.specialTokensMap) };

  const named = new Map<string, unknown>(Object.entries(own?.roles ?? {}));
  for (const [role, value] of Object.entries(settings)) {
    if (!role.endsWith('_token')) continue;
    if (value === null) named.delete(role);
    else if (roleText(value) !== undefined) named.set(role, value);
  }
  const extras = extraTokens(settings);
  for (const [role, value] of Object.entries(extras.named)) named.set(role, value);
  const names = new Set([...named.values(), ...extras.list].map(roleText));

  const byId = new Map<number, Token>();
  if (hasDecoder) {
    const where = `${name}/tokenizer_config.json: added_tokens_decoder`;
    for (const [id, token] of Object.entries(decoder)) byId.set(Number(id), tokenIn(token, where));
  } else {
    for (const [content, id] of Object.entries(files.addedTokens)) {
      const special = names.has(content);
      byId.set(Number(id), { content, normalized: !special, special });
    }
    for (const token of listed) byId.set(Number(token.id), token);
  }
  const known = new Map([...byId.values()].map((token) => [token.content, token]));

  const first = own === undefined ? listed : [];
  const later = [...byId.entries()].sort(([a], [b]) => a - b).map(([, token]) => token);
  const contents = new Set([...first, ...later].map(({ content }) => content));
  const add = (value: unknown): void => {
    const content = roleText(value);
    if (content === undefined || contents.has(content)) return;
    contents.add(content);
    later.push(known.get(content) ?? { content, special: true, ...(typeof value === 'object' ? value : {}) });
  };
  const inOrder = [...tokenRoles, ...[...named.keys()].filter((role) => !tokenRoles.includes(role as never))];
  for (const role of inOrder) add(named.get(role));
  for (const token of extras.list) add(token);

  const specials = new Set([...named.values()].map(roleText));
  const again = own?.addsSpecialsAgain === true ? [...names].filter((content) => content !== undefined) : [];
  const batches = [
    first,
    later.map((token) => ({
      ...token,
      // A token that is made without saying so is looked for in the normalized text unless it is special.
      normalized: token.normalized ?? token.special !== true,
      special: token.special === true || specials.has(token.content),
    })),
    again.map((content) => ({ content, special: true })),
  ];
  const roles: Record<string, string> = {};
  for (const [role, value] of named) roles[role] = roleText(value)!;
  return {
    file: {
      ...file,
      ...own?.parts(settings, file),
      added_tokens: [],
      added_token_batches: batches.map((batch) => batch.map((token) => ({ id: 0, ...token }))),
    },
    roles,
  };
};

/** Tokens of special_tokens_map.json that are objects are special. */
const marked = (map: Settings): Settings =>
  Object.fromEntries(
    Object.entries(map).map(([role, value]) => [
      role,
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? { ...value, special: true }
        : value,
    ]),
  );

/** Special tokens without a role: a list, or an object with names of its own. */
const extraTokens = (settings: Settings): { list: readonly unknown[]; named: Settings } => {
  const extra = isEmpty(settings.extra_special_tokens)
    ? settings.additional_special_tokens
    : settings.extra_special_tokens;
  if (Array.isArray(extra)) return { list: extra, named: {} };
  return { list: [], named: typeof extra === 'object' && extra !== null ? (extra as Settings) : {} };
};

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'object' && Object.keys(value as object).length === 0);

const tokensIn = (value: unknown, where: string): Token[] => {
  if (Array.isArray(value)) return value.map((token) => tokenIn(token, where));
  throw new CheckpointError(`${where}: expected a list.`, { value });
};

const tokenIn = (value: unknown, where: string): Token => {
  const token = value as { content?: unknown } | null;
  if (typeof token?.content === 'string' && token.content !== '') return token as Token;
  throw new CheckpointError(`${where}: expected content and id.`, { value });
};
