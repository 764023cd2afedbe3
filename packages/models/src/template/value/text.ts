/**
 * Where a character comes from: the template itself, somebody else's text, or the content of the last
 * message.
 */
export type Origin = 't' | 'u' | 'r';

/**
 * A string of a template that knows where each of its characters comes from: `origins` has one letter (an
 * Origin) for each UTF-16 unit of `chars`. What is cut, joined or repeated keeps its origins; what is made of
 * several characters at once is the template's own only if all of them were.
 */
export class Text {
  constructor(
    readonly chars: string,
    readonly origins: string,
  ) {}

  static of(chars: string, origin: Origin): Text {
    return new Text(chars, origin.repeat(chars.length));
  }

  static own(chars: string): Text {
    return Text.of(chars, 't');
  }

  /** The texts one after the other. */
  static join(texts: readonly Text[], separator = empty): Text {
    return new Text(
      texts.map(({ chars }) => chars).join(separator.chars),
      texts.map(({ origins }) => origins).join(separator.origins),
    );
  }

  get length(): number {
    return this.chars.length;
  }

  slice(start: number, end?: number): Text {
    return new Text(this.chars.slice(start, end), this.origins.slice(start, end));
  }

  /** Other characters made of these: each of its own where there are as many, otherwise all of all. */
  become(chars: string): Text {
    return chars.length === this.chars.length
      ? new Text(chars, this.origins)
      : Text.of(chars, this.commonOrigin());
  }

  commonOrigin(): Origin {
    if (this.origins.includes('r')) return 'r';
    return this.origins.includes('u') ? 'u' : 't';
  }
}

const empty = new Text('', '');
