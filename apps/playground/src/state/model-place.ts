import { sourceName } from '@entrgi/models/internal';
import type { ModelChoice, ModelPlace, PickedFiles, Role } from '../protocol/model-choice.js';
import { roles } from '../protocol/model-choice.js';

/** What a person has entered for each model: text, or files; '' for the embedded one. */
export type ModelDraft = Readonly<Record<Role, string | PickedFiles>>;

export const embeddedModels: ModelDraft = { denoiser: '', reward: '' };

/** Longer addresses are nobody's. */
const LONGEST = 500;

/** What a person means by a text: a model of the hub or a whole address; undefined where it is neither. */
export const placeNamed = (text: string): string | undefined => {
  const bare = text.trim().replace(/\/+$/, '');
  if (bare.length > LONGEST) return undefined;
  const name = sourceName(bare);
  if (name.kind === 'repository') {
    const { id, revision, file } = name;
    return [revision === undefined ? id : `${id}@${revision}`, ...(file === undefined ? [] : [file])].join(
      '/',
    );
  }
  if (name.kind === 'other' || bare.startsWith('~')) return undefined;
  // Addresses of this host are whole elsewhere too.
  const base = globalThis.document?.baseURI;
  return URL.canParse(bare, base) ? new URL(bare, base).href : undefined;
};

/** The models that a draft stands for, or the text of it that is no place. */
export const choiceOf = (draft: ModelDraft): ModelChoice | { readonly wrong: string } => {
  const choice: Partial<Record<Role, ModelPlace>> = {};
  for (const role of roles) {
    const given = draft[role];
    if (typeof given === 'string' && given.trim() === '') continue;
    const place = typeof given === 'string' ? placeNamed(given) : given;
    if (place === undefined) return { wrong: String(given).trim() };
    choice[role] = place;
  }
  return choice;
};

/** What of a draft others can load too, as a part of an address's fragment. */
export const modelsToAddress = (draft: ModelDraft): string => {
  const fields = new URLSearchParams();
  for (const role of roles) {
    const given = draft[role];
    const place = typeof given === 'string' ? placeNamed(given) : undefined;
    if (place !== undefined) fields.set(role, place);
  }
  return fields.toString();
};

/** The models that an address asks for; what is no place is left out. */
export const modelsFromAddress = (fragment: string): ModelDraft => {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const named = (role: Role) => placeNamed(fields.get(role) ?? '') ?? '';
  return { denoiser: named('denoiser'), reward: named('reward') };
};
