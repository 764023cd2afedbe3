import { UnsupportedError } from '@entrgi/core';

/** One step costs about as much as looking at this many characters. */
const CHARACTERS_PER_STEP = 16;
/** A fraction of a second; templates of real models take some hundred for a message. */
const STEPS = 250_000;
/** A template is at most a quarter as long, and all of it will be encoded. */
const LONGEST = 400_000;
const DEEPEST = 400;

/**
 * What a template may use: steps (evaluations, list elements, characters by the 16), the length of any one
 * text, and nesting. Templates come from strangers, and are programs. Everything is asked for before it is
 * done or made, so that the bounds hold for time and memory alike, wherever the template runs.
 * @throws UnsupportedError beyond them
 */
export class Budget {
  #steps: number;
  readonly #longest: number;
  #depth = 0;

  /**
   * `given`: characters of the conversation, to which a template may do in proportion what it may do anyway.
   */
  constructor(
    private readonly name: string,
    given: number,
  ) {
    this.#steps = STEPS + given;
    this.#longest = LONGEST + 16 * given;
  }

  /** For that many evaluations or elements. */
  spend(steps: number): void {
    this.#steps -= steps;
    // Not `< 0`: NaN must not pass.
    if (!(this.#steps >= 0)) throw this.#refusal('steps', 'The template loops too much');
  }

  /** For looking at, copying or making that many characters. */
  spendCharacters(length: number): void {
    this.checkLength(length);
    this.spend(1 + length / CHARACTERS_PER_STEP);
  }

  /** Of a text that is to be made. */
  checkLength(length: number): void {
    if (length <= this.#longest) return;
    throw this.#refusal('characters in one text', 'The template makes too long a text');
  }

  enter(): void {
    this.spend(1);
    if (++this.#depth > DEEPEST) throw this.#refusal('levels', 'The template is nested too deeply');
  }

  leave(): void {
    this.#depth--;
  }

  #refusal(what: string, hint: string): UnsupportedError {
    return new UnsupportedError(`${this.name}: the template takes more ${what} than are allowed.`, {
      value: this.name,
      hint: `${hint}: check where it comes from.`,
    });
  }
}
