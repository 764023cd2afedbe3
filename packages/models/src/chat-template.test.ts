import { type ChatMessage, CheckpointError, UnsupportedError } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatTemplate } from './chat-template.js';

const user = (content: string): ChatMessage => ({ role: 'user', content });
const render = async (source: string, messages: ChatMessage[], generate = false) =>
  (await chatTemplate(source, 'x.jinja', { eos_token: '<end>' }))(messages, generate);
const all = '{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}';

describe('chatTemplate', () => {
  it("tells the template's own text from the contents", async () => {
    const source = `${all}{% if add_generation_prompt %}[assistant]{% endif %}`;
    const messages: ChatMessage[] = [{ role: 'system', content: 'be kind' }, user('hi')];
    expect(await render(source, messages, true)).toEqual([
      { text: '[system]' },
      { text: 'be kind', message: 0 },
      { text: '<end>[user]' },
      { text: 'hi', message: 1 },
      { text: '<end>[assistant]' },
    ]);
    expect((await render(source, messages)).at(-1)).toEqual({ text: '<end>' });
  });

  it('puts any content back as it was', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const awkward = fc.constantFrom(
      '\ue000',
      '\ue000\ue001',
      '\ue000\ue0010\ue000\ue001',
      '\u2003',
      '{{ x }}',
      '{% endfor %}',
      '0',
    );
    const content = fc.oneof(
      text,
      fc.array(fc.oneof(awkward, text)).map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 3 }), async (contents) => {
        const parts = await render(all, contents.map(user));
        expect(parts.filter(({ message }) => message !== undefined).map((part) => part.text)).toEqual(
          contents,
        );
        expect(parts.map((part) => part.text).join('')).toBe(contents.map((c) => `[user]${c}<end>`).join(''));
      }),
      { numRuns: 100 },
    );
  });

  it('trims a content where the template does', async () => {
    const contents = async (source: string) =>
      (await render(source, [user(' a b\n')])).filter(({ message }) => message === 0).map(({ text }) => text);
    expect(await contents('{{ messages[0].content }}')).toEqual([' a b\n']);
    expect(await contents(' {{ messages[0].content | trim }} ')).toEqual(['a b']);
    expect(await contents('{{ messages[0].content.lstrip() }}-{{ messages[0].content.rstrip() }}')).toEqual([
      'a b\n',
      ' a b',
    ]);
  });

  it('lets no content steer the template', async () => {
    const source =
      "{% for m in messages %}{% if 'secret' in m.content %}<mask>{% endif %}{{ m.content }}{% endfor %}";
    expect(await render(source, [user('secret')])).toEqual([{ text: 'secret', message: 0 }]);
  });

  it.each([
    ['{% for i in range(1000000000) %}x{% endfor %}{{ messages[0].content }}', 'at most 256'],
    ['{% set r = range %}{{ r(0, 1000000000) }}{{ messages[0].content }}', 'at most 256'],
    ['{{ range(0, -1000000000, -1) }}{{ messages[0].content }}', 'at most 256'],
    ['{{ range(3, 0, 0) }}{{ messages[0].content }}', 'at most 256'],
    ['{{ range(0, 3, 0) }}{{ messages[0].content }}', 'at most 256'],
    ["{{ range('x') }}{{ messages[0].content }}", 'at most 256'],
    ["{{ raise_exception('roles must alternate') }}", 'roles must alternate'],
    ['{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}', 'the template fails'],
    ['{{ nothing() }}', 'the template fails'],
    ['{% for m in messages %}', 'not a Jinja template'],
    [`{{ ${'1 + '.repeat(20_000)}1 }}`, 'Maximum call stack'],
    ['nothing of the messages', 'leaves out the last message'],
    ['{{ messages[0].content }}', 'leaves out the last message'],
  ])('refuses %j', async (source, message) => {
    const messages = message.startsWith('leaves') ? [user('a'), user('b')] : [user('a')];
    const failure = render(source, messages);
    await expect(failure).rejects.toThrow(CheckpointError);
    await expect(failure).rejects.toThrow(/^x\.jinja: /);
    await expect(failure).rejects.toThrow(message);
  });

  it('bounds the size of a template and the depth of its loops', async () => {
    const nested = (depth: number) =>
      `${'{% for a in messages %}'.repeat(depth)}${'{% endfor %}'.repeat(depth)}{{ messages[0].content }}`;
    expect(await render(nested(3), [user('a')])).toEqual([{ text: 'a', message: 0 }]);
    await expect(render(nested(4), [user('a')])).rejects.toThrow(UnsupportedError);
    await expect(render(' '.repeat(100_001), [user('a')])).rejects.toThrow(UnsupportedError);
  });

  it('allows small ranges', async () => {
    const source = '{% for i in range(1, 6, 2) %}{{ i }}{% endfor %}{{ messages[0].content }}';
    expect(await render(source, [user('a')])).toEqual([{ text: '135' }, { text: 'a', message: 0 }]);
  });
});
