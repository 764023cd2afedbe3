import { type ChatMessage, CheckpointError, InvalidArgumentError, UnsupportedError } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChatTemplateOptions, chatTemplate } from './chat-template.js';

const user = (content: string): ChatMessage => ({ role: 'user', content });
const render = async (
  source: string,
  messages: ChatMessage[],
  options: Omit<ChatTemplateOptions, 'tokens'> = {},
) => (await chatTemplate(source, 'x.jinja', { tokens: { eos_token: '<end>' }, ...options }))(messages, false);
const written = async (source: string, messages = [user('a')], options = {}) =>
  (await render(source, messages, options)).chars;
const all = '{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}';

/** The characters of each origin, and a dot where there is another. */
const marked = async (source: string, messages: ChatMessage[]) => {
  const { chars, origins } = await render(source, messages);
  return ['t', 'u', 'r'].map((origin) =>
    Array.from(origins, (each, i) => (each === origin ? chars[i] : '.')).join(''),
  );
};

describe('chatTemplate: origins', () => {
  it("tells the template's own characters from those of contents, wherever they are put", async () => {
    const messages: ChatMessage[] = [{ role: 'system', content: 'bc' }, user(' Hi ')];
    expect(await marked(all, messages)).toEqual([
      '[system]..<end>[user]....<end>',
      '........bc....................',
      '..................... Hi .....',
    ]);
    const last = '{% set c = messages[-1].content %}';
    const changed = `${last}{{ '<' ~ c.strip() | upper }}{{ c.split('H')[1].replace('i', '<i>') * 2 }}`;
    expect(await marked(changed, messages)).toEqual(['<..<i>.<i>.', '...........', '.HI... ... ']);
  });

  it("counts what is made of several characters as the template's own only if they all were", async () => {
    const messages: ChatMessage[] = [{ role: 'system', content: 'b' }, user('a')];
    expect((await render("{{ ('<' ~ messages[0].content) | tojson }}", messages)).origins).toBe('uuuu');
    expect((await render("{{ ('<' ~ messages[1].content) | tojson }}", messages)).origins).toBe('rrrr');
    expect((await render("{{ '<' | tojson }}{{ messages | length }}", messages)).origins).toBe('tttt');
    expect((await render('{{ x }}', messages, { variables: { x: '<end>' } })).origins).toBe('uuuuu');
  });

  it('puts any content where it belongs, in one piece', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const awkward = fc.constantFrom('\ue000', '\u2003', '{{ x }}', '{% endfor %}', '<end>', '0');
    const content = fc.array(fc.oneof(awkward, text)).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 3 }), async (contents) => {
        const { chars, origins } = await render(all, contents.map(user));
        expect(chars).toBe(contents.map((c) => `[user]${c}<end>`).join(''));
        const own = contents.map(({ length }, i) => {
          const origin = i === contents.length - 1 ? 'r' : 'u';
          return `tttttt${origin.repeat(length)}ttttt`;
        });
        expect(origins).toBe(own.join(''));
      }),
      { numRuns: 100 },
    );
  });
});

describe('chatTemplate: variables', () => {
  it('are those of transformers: no tools, no documents, no date unless one is given', async () => {
    expect(await written('{{ tools }} {{ documents is none }} {{ strftime_now is defined }}')).toBe(
      'None True False',
    );
    expect(await written('{{ add_generation_prompt }} {{ eos_token }} {{ bos_token }}.')).toBe(
      'False <end> .',
    );
    const date = new Date(2026, 10, 6, 15, 4, 5);
    const format = '%d %b %Y|%-d %B %y|%A %a|%j|%H:%M:%S|%I %p|%F|%%';
    expect(await written(`{{ strftime_now('${format}') }}`, undefined, { date })).toBe(
      '06 Nov 2026|6 November 26|Friday Fri|310|15:04:05|03 PM|2026-11-06|%',
    );
    await expect(written("{{ strftime_now('%Q') }}", undefined, { date })).rejects.toThrow('%Q is not known');
  });

  it('are what the caller gives, which overrides the tokens', async () => {
    const variables = { think: false, n: 1.5, eos_token: null, tools: [{ name: 'f', args: { x: 1 } }] };
    expect(
      await written('{{ think }} {{ n }} {{ eos_token }} {{ tools | tojson }}', undefined, { variables }),
    ).toBe('False 1.5 None [{"name": "f", "args": {"x": 1}}]');
    const failure = render('', [user('a')], { variables: { f: () => 1 } });
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow('f: expected JSON, got function');
  });
});

describe('chatTemplate: strangers', () => {
  const long = 'a'.repeat(1000);
  it.each([
    ['{% for i in range(1000000000) %}x{% endfor %}', 'steps'],
    ['{% set r = range %}{{ r(0, 1000000000) }}', 'steps'],
    ['{{ range(0, -1000000000, -1) }}', 'steps'],
    ['{{ range(3, 0, 0) }}', 'steps'],
    ["{{ range('x') }}", 'steps'],
    [
      '{% for a in range(256) %}{% for b in range(256) %}{% for c in range(256) %}{% endfor %}{% endfor %}{% endfor %}',
      'steps',
    ],
    [
      '{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}',
      'steps',
    ],
    ['{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}', 'levels'],
    ['{% macro f(n) %}{{ f(n + 1) ~ "x" * n }}{% endmacro %}{{ f(1) }}', 'levels'],
    [`{% set x = '${long}' %}${"{% set x = x.replace('a', 'aaaaaaaaaa') %}".repeat(12)}`, 'characters'],
    [
      `{% set ns = namespace(x='${long}') %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}`,
      'characters',
    ],
    [`{{ '${long}' * 1000000000 }}`, 'characters'],
    [`{{ ['${long}'] * 1000000000 }}`, 'steps'],
    ['{{ [] * 4000000000 }}', 'steps'],
    [`{{ (['${long}'] * 100000) | join }}`, 'characters'],
    [`{{ range(1000) | join('${long.repeat(10)}') }}`, 'characters'],
    ['{{ "a" | indent(1000000000, true) }}', 'characters'],
    ['{{ [1] | tojson(indent=1000000000) }}', 'characters'],
    [
      '{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}',
      'steps',
    ],
    [
      '{% set ns = namespace(x=[1]) %}{% for i in range(5000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x == ns.x }}',
      'than there is|levels|True',
    ],
    ['{% for a in range(100000) %}{% set x = range(100000) | sort %}{% endfor %}', 'steps'],
    [
      `{% for a in range(10000) %}{% set x = '${long.repeat(50)}' in '${long.repeat(40)}b' %}{% endfor %}`,
      'steps',
    ],
    [' '.repeat(100_001), 'characters, got 100001'],
    [' '.repeat(90_000), 'blanks in a row'],
  ])('are bounded: %#', async (source, message) => {
    const failure = render(source, [user('a')]).then(({ chars }) => {
      throw new UnsupportedError(`x.jinja: ${chars}`);
    });
    await expect(failure).rejects.toThrow(UnsupportedError);
    await expect(failure).rejects.toThrow(/^x\.jinja: /);
    await expect(failure).rejects.toThrow(new RegExp(message));
  });

  it.each([
    ["{{ raise_exception('roles must alternate') }}", 'roles must alternate'],
    ['{{ nothing() }}', "undefined value 'nothing' cannot be called"],
    ['{{ nothing.at_all }}', "'nothing' is undefined"],
    ['{{ 1 + "a" }}', "'+' is not supported between int and str"],
    ['{{ 1 // 0 }}', 'division by zero'],
    ['{{ 9007199254740993 + 1 }}', 'beyond 2^53'],
    ['{% for m in messages %}', 'not a Jinja template'],
    [`{{ ${'('.repeat(20_000)}1 }}`, 'not a Jinja template'],
    ["{{ 'a'.encode() }}", "method 'encode' of a str is not known"],
    ['{{ 1 | random }}', "filter 'random' is not known"],
  ])('are told what is wrong: %#', async (source, message) => {
    const failure = render(source, [user('a')]);
    await expect(failure).rejects.toThrow(
      message.includes('is not known') ? UnsupportedError : CheckpointError,
    );
    await expect(failure).rejects.toThrow(/^x\.jinja: /);
    await expect(failure).rejects.toThrow(message);
  });

  it('may go through long conversations and long contents', async () => {
    const messages = Array.from({ length: 2000 }, (_, i) => user(`message ${i}`));
    expect(await written(all, messages)).toBe(
      messages.map(({ content }) => `[user]${content}<end>`).join(''),
    );
    const content = '\ue000'.repeat(300_000);
    const twice = "{{ messages[0].content | trim }}{{ messages[0].content.replace('a', 'b').upper() }}";
    expect(await written(twice, [user(content)])).toBe(content + content);
  });
});
