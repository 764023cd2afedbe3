import { InvalidModelError } from '@entrgi/core';

/**
 * Checks that a location of external data names a file inside the model's folder, by its spelling alone:
 * relative, forward slashes, no `..`, no empty or `.` segment, no drive, no control characters.
 * InvalidModelError otherwise.
 */
export function checkExternalLocation(location: string, what: string): void {
  const refuse = (why: string): never => {
    throw new InvalidModelError(`${what}: external data at ${JSON.stringify(location)}: ${why}.`, {
      value: location,
      hint: 'Locations are relative to the folder of the model and stay inside it.',
    });
  };
  if (location === '') refuse('expected a file name, got an empty one');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (/[\u0000-\u001f\u007f]/.test(location)) refuse('expected no control characters');
  if (location.includes('\\')) refuse('expected forward slashes, got a backslash');
  if (location.startsWith('/')) refuse('expected a relative path, got an absolute one');
  if (location.includes(':')) refuse('expected no drive or scheme, got a colon');
  for (const segment of location.split('/')) {
    if (segment === '..') refuse("expected a path inside the folder, got '..'");
    if (segment === '' || segment === '.') refuse('expected no empty or dot segment');
  }
}
