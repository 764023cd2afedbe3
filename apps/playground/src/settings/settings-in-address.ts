import { type LockedToken, type Method, methods, type RunSettings } from '../protocol/protocol.js';
import { defaultSettings, type NumberSetting, ranges } from './default-settings.js';

const numbers = Object.keys(ranges) as NumberSetting[];

/** Longer ones are cut: the models read no more than a few hundred tokens. */
const LONGEST_PROMPT = 600;

/** Settings as the fragment of an address, without what is as it always is. */
export const settingsToAddress = (settings: RunSettings): string => {
  const fields = new URLSearchParams();
  if (settings.prompt !== defaultSettings.prompt) fields.set('prompt', settings.prompt);
  if (String(settings.methods) !== String(defaultSettings.methods)) {
    fields.set('methods', settings.methods.join('.'));
  }
  for (const name of numbers) {
    if (settings[name] !== defaultSettings[name]) fields.set(name, String(settings[name]));
  }
  if (settings.locks.length > 0) {
    fields.set('locks', settings.locks.map(({ position, tokenId }) => `${position}.${tokenId}`).join('_'));
  }
  return fields.toString();
};

/** Settings from a fragment that anybody may have written: what is no setting is left out, and numbers are brought into their ranges. */
export const settingsFromAddress = (fragment: string): RunSettings => {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const given: Partial<Record<NumberSetting, number>> = {};
  for (const name of numbers) {
    const text = fields.get(name);
    const value = Number(text);
    if (text === null || text === '' || !Number.isFinite(value)) continue;
    given[name] = withinRange(name, value);
  }
  const named = (fields.get('methods') ?? '').split('.');
  const known = named.length === 2 && named.every((name) => (methods as readonly string[]).includes(name));
  return {
    ...defaultSettings,
    ...given,
    prompt: (fields.get('prompt') ?? defaultSettings.prompt).slice(0, LONGEST_PROMPT),
    locks: locksIn(fields.get('locks') ?? ''),
    methods: known ? (named as [Method, Method]) : defaultSettings.methods,
  };
};

/** Position and token of each; of a position the first one counts. */
const locksIn = (text: string): LockedToken[] => {
  const found = new Map<number, LockedToken>();
  for (const [, position, tokenId] of text.matchAll(/(?<![^_])(\d{1,3})\.(\d{1,7})(?![^_])/g)) {
    const lock = { position: Number(position), tokenId: Number(tokenId) };
    if (lock.position < ranges.maxNewTokens.max && !found.has(lock.position)) found.set(lock.position, lock);
  }
  return [...found.values()];
};

/** The nearest number that the slider of that name can be set to. */
export const withinRange = (name: NumberSetting, value: number): number => {
  const { min, max, step } = ranges[name];
  const bounded = Math.min(max, Math.max(min, value));
  return Number((min + Math.round((bounded - min) / step) * step).toFixed(4));
};
