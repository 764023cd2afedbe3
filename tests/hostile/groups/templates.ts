import type { ChatMessage } from '@entrgi/core';
import { chatTemplate } from '../../../packages/models/src/template/chat-template.js';
import type { Random } from '../../fuzz/random.js';
import { type HostileCase, HostileFinding, type HostileGroup } from '../hostile-case.js';

const sound =
  "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>\\n' }}{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}";

/** Renders the template twice; what comes out must be no longer than the budget allows. */
const template = (
  source: string,
  expected: HostileCase['expected'],
  { name = source, content = 'Hello', date = true }: { name?: string; content?: string; date?: boolean } = {},
): HostileCase => ({
  name: name.slice(0, 100),
  expected,
  async run() {
    const render = await chatTemplate(source, 'template', {
      tokens: { eos_token: '</s>' },
      date: date ? new Date(0) : undefined,
    });
    const messages: ChatMessage[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content },
    ];
    for (const wanted of [true, false]) {
      const text = render(messages, wanted);
      if (text.chars.length > 400_000 + 16 * (content.length + 9)) {
        throw new HostileFinding('wrong accept', `${text.chars.length} characters`);
      }
    }
  },
});

const many = (random: Random): number =>
  random.pick([1e5, 1e6, 1e7, 1e9, 2 ** 31, 2 ** 53, 1e300]) + random.below(9);

/** Expressions that ask for so much. */
const expensive: readonly ((n: string) => string)[] = [
  (n) => `range(${n})|list|length`,
  (n) => `'ab' * ${n}`,
  (n) => `${n} * 'ab'`,
  (n) => `[1, 2] * ${n}`,
  (n) => `'a'.center(${n})`,
  (n) => `'a'|center(${n})`,
  (n) => `'%${n}d' % 1`,
  (n) => `'%*d' % (${n}, 1)`,
  (n) => `'a'.ljust(${n})`,
  (n) => `'a'.zfill(${n})`,
  (n) => `'a'|indent(${n}, true)`,
  (n) => `('a' * 1000).replace('a', 'b' * ${n})`,
  (n) => `range(0, -${n}, -1)|join(',')`,
  (n) => `range(${n})|sum`,
  (n) => `range(${n})|map('string')|join`,
  (n) => `[1]|batch(${n}, 'x')|list`,
  (n) => `[1]|slice(${n})|list`,
  (n) => `{'a': 1}|tojson(indent=${n})`,
  (n) => `1.5|round(${n})`,
  (n) => `'{:>${n}}'.format(1)`,
  (n) => `9 ** ${n}`,
  (n) => `'a b'.expandtabs(${n})`,
  (n) => `strftime_now('%Y' * ${n})`,
];

const stranger = [
  "''.__class__.__mro__",
  'messages.constructor',
  "('x').constructor('return process')()",
  "messages['__proto__']",
  'self',
  'self.__init__',
  'namespace.constructor',
  'cycler.__init__.__globals__',
  "lipsum.__globals__['os']",
  'messages.push(1)',
  'messages.__proto__.x',
  "eos_token['constructor']",
  'range.constructor',
  'loop.x.y',
  'messages[0].toString()',
  'messages.append',
  'process.env',
  'globalThis',
  'require("fs")',
  'import("fs")',
  'config.items()',
  "messages|attr('__class__')",
  "''|attr('constructor')",
  'joiner.prototype',
  'dict.__proto__',
  'messages[1e309]',
  'messages[-99]',
  "messages['length']",
];

const broken = [
  '{{',
  '{% if %}',
  '{% for in x %}',
  '{{ 1 + }}',
  '{% endfor %}',
  '{% if a %}',
  '{{ a.b. }}',
  '{% set %}',
  '{# ',
  '{% raw %}',
  '{{ "a }}',
  '{% macro %}',
  '{{ (1 }}',
  '{{ [1,2 }}',
  '{% unknown %}',
  '{{ 1 2 }}',
  '{% for x in y %}{% else %}',
  '{{ a|}}',
  '{{ a is }}',
  '{% block a %}',
  "{{ '\\",
  '{% elif x %}',
  '{{ {1:} }}',
  '{{ a[ }}',
  '{%',
  '{% set x = %}',
];
const unknown = [
  '{{ a|nofilter }}',
  '{{ a is notest }}',
  '{{ nofunction() }}',
  "{% include 'a' %}",
  "{% extends 'a' %}",
  "{% import 'a' as b %}",
  "{{ 'a'.nomethod() }}",
  '{{ messages.nomethod() }}',
  "{% from 'a' import b %}",
  '{{ undefined_thing.attribute }}',
  '{{ 1() }}',
  '{{ "a"("b") }}',
  '{{ messages < 1 }}',
  '{{ none + 1 }}',
  "{{ raise_exception('no') }}",
  "{{ 'a' / 2 }}",
  '{{ 1 // 0 }}',
  '{{ 1 % 0 }}',
  '{{ [] + 1 }}',
  '{{ {}.a.b }}',
  "{{ 'a'|int + 'b' }}",
  '{{ range(1, 2, 0) }}',
];

/** Chat templates that take all there is, reach for what is not theirs, or are none. */
export const templates: HostileGroup = {
  'exponential macros'(random) {
    const [depth, wide] = [12 + random.below(40), 2 + random.below(3)];
    const macros = Array.from(
      { length: depth },
      (_, i) => `{% macro m${i + 1}() %}${`{{ m${i}() }}`.repeat(wide)}{% endmacro %}`,
    );
    return template(
      `{% macro m0() %}${'x'.repeat(random.below(3) * 50 + 1)}{% endmacro %}${macros.join('')}{{ m${depth}() }}`,
      depth > 17 ? 'refused' : 'either',
      { name: `${depth} macros of ${wide}` },
    );
  },
  'nested ranges'(random) {
    const [depth, size] = [2 + random.below(5), random.pick([64, 256, 1000, 1e5])];
    const loops = Array.from({ length: depth }, (_, i) => `{% for i${i} in range(${size}) %}`);
    return template(
      `${loops.join('')}${random.pick(['', 'x', '{{ i0 }}'])}${'{% endfor %}'.repeat(depth)}`,
      size ** depth > 1e6 ? 'refused' : 'either',
      { name: `${depth} ranges of ${size}` },
    );
  },
  doubling(random) {
    const times = 14 + random.below(60);
    const double = random.pick([
      'ns.x + ns.x',
      'ns.x ~ ns.x',
      "ns.x.replace('a', 'aa')",
      "ns.x|replace('a', 'aa')",
      '[ns.x, ns.x]|join',
      'ns.x * 2',
      "'%s%s' % (ns.x, ns.x)",
      'ns.x.join([ns.x, ns.x])',
      "'{}{}'.format(ns.x, ns.x)",
      'ns.x|upper|lower ~ ns.x',
      '(ns.x|list + ns.x|list)|join',
      'ns.x|tojson ~ ns.x|trim',
    ]);
    return template(
      `{% set ns = namespace(x='a') %}{% for i in range(${times}) %}{% set ns.x = ${double} %}{% endfor %}{{ ns.x|length }}`,
      times > 24 ? 'refused' : 'either',
      { name: `${times} times ${double}` },
    );
  },
  'doubling lists'(random) {
    const times = 14 + random.below(60);
    const double = random.pick([
      'ns.x + ns.x',
      'ns.x * 2',
      '[ns.x, ns.x]',
      'ns.x|list + ns.x|reverse|list',
      "{'a': ns.x, 'b': ns.x}",
      "ns.x|map('string')|list + ns.x",
    ]);
    const show = random.pick([
      'ns.x|length',
      'ns.x',
      'ns.x|tojson',
      'ns.x|string|length',
      'ns.x == ns.x',
      'ns.x|join',
    ]);
    return template(
      `{% set ns = namespace(x=[1]) %}{% for i in range(${times}) %}{% set ns.x = ${double} %}{% endfor %}{{ ${show} }}`,
      'either',
      { name: `${times} times ${double}, then ${show}` },
    );
  },
  expensive(random) {
    const n = many(random);
    const expression = random.pick(expensive)(
      random.pick([String(BigInt(n)), `(${BigInt(n)})`]).replace(/^\((\d+)\)$/, '$1'),
    );
    return template(`{{ ${expression} }}`, 'either', { name: expression });
  },
  'expensive again'(random) {
    const expression = random.pick(expensive)(String(random.pick([1000, 30_000])));
    return template(
      `{% for i in range(${random.pick([1000, 100_000])}) %}{{ (${expression})|string|length }}{% endfor %}`,
      'either',
      { name: `often ${expression}` },
    );
  },
  recursion(random) {
    const call = random.pick(['m()', 'm() ~ m()', "m()|replace('a', 'b')", '[m(), m()]|join', 'm().strip()']);
    return template(`{% macro m() %}{{ ${call} }}{% endmacro %}{{ m() }}`, 'refused');
  },
  'recursive loops'(random) {
    return template(
      `{% for x in [messages] recursive %}${'x'.repeat(random.below(9))}{{ loop(${random.pick(['[x]', 'x', 'messages', '[messages]'])}) }}{% endfor %}`,
      'refused',
    );
  },
  'deep nesting'(random) {
    const depth = random.pick([300, 1000, 10_000, 100_000]);
    const [open, close, middle] = random.pick([
      ['(', ')', '1'],
      ['[', ']', '1'],
      ["{'a':", '}', '1'],
      ['not ', '', 'a'],
      ['-', '', '1'],
      ['1 + ', '', '1'],
      ["'a' ~ ", '', "'b'"],
      ['x if y else ', '', 'z'],
      ['a.', '', 'b'],
      ['', '[0]', 'messages'],
      ['', '|trim', "'a'"],
      ['', '()', 'range'],
      ['1 < ', '', '2'],
      ['a and ', '', 'b'],
      ['2 ** ', '', '1'],
      ['', ' is defined', 'a'],
    ] as const);
    return template(`{{ ${open.repeat(depth)}${middle}${close.repeat(depth)} }}`, 'either', {
      name: `${depth} of ${open}${close}`,
    });
  },
  'deep statements'(random) {
    const depth = random.pick([300, 1000, 10_000, 50_000]);
    const [open, close] = random.pick([
      ['{% if true %}', '{% endif %}'],
      ['{% for x in [1] %}', '{% endfor %}'],
      ['{% if false %}{% else %}', '{% endif %}'],
      ['{% macro m() %}', '{% endmacro %}'],
      ['{% set x %}', '{% endset %}'],
      ['{% filter upper %}', '{% endfilter %}'],
    ] as const);
    return template(`${open.repeat(depth)}x${close.repeat(random.pick([0, 1]) * depth)}`, 'either', {
      name: `${depth} of ${open}`,
    });
  },
  'long source'(random) {
    const piece = random.pick([
      'x',
      '{{ 1 }}',
      '{# c #}',
      '{% if a %}{% endif %}',
      '{{',
      "{{ 'a' }}",
      ' ',
      '\n',
      '{',
      '{%- set a = 1 -%}',
      '{{ messages }}',
      '{% raw %}{{{% endraw %}',
    ]);
    const times = random.pick([1000, 30_000, 300_000]);
    return template(piece.repeat(times), 'either', { name: `${times} of ${piece}` });
  },
  literals(random) {
    const literal = random.pick([
      '1e308',
      '1e309',
      '9'.repeat(10_000),
      `'${'a'.repeat(200_000)}'`,
      `-${'9'.repeat(400)}.5`,
      '0x10',
      '1_000',
      '1.',
      '.5',
      '1e',
      "'\\u0000'",
      "'\\ud800'",
      "'\\x41'",
      '1e-400',
      '-0.0',
      '0.1 + 0.2',
      `[${'1,'.repeat(50_000)}]`,
      `{${"'a':1,".repeat(20_000)}}`,
    ]);
    return template(
      `{{ ${literal}${random.pick(['', '|string', '|int', '|tojson', ' + 1', ' == 1', ' * 2', '|float', '|abs'])} }}`,
      'either',
      { name: literal },
    );
  },
  'unknown names': (random) => template(`${'a'.repeat(random.below(5))}${random.pick(unknown)}`, 'either'),
  broken: (random) => template(sound + ' '.repeat(random.below(5)) + random.pick(broken), 'refused'),
  'cut off'(random) {
    const [from, to] = [random.below(sound.length), random.below(sound.length)];
    return template(
      random.pick([sound.slice(0, to), sound.slice(from), sound.slice(0, from) + sound.slice(to)]),
      'either',
    );
  },
  "not the template's": (random) =>
    template(
      `{{ ${random.pick(stranger)}${random.pick(['', '|string', '()', '.x', '|length', '|tojson'])} }}`,
      'either',
    ),
  cycles(random) {
    const tie = random.pick([
      '{% set ns.a = ns %}',
      '{% set ns.a = [ns] %}',
      "{% set ns.a = {'b': ns} %}",
      '{% set x = [1] %}{{ x.append(x) }}{% set ns.a = x %}',
      "{% set x = {} %}{{ x.update({'a': x}) }}{% set ns.a = x %}",
    ]);
    return template(
      `{% set ns = namespace() %}${tie}{{ ${random.pick(['ns', 'ns.a', 'ns.a|tojson', 'ns.a|string', 'ns.a == ns.a', 'ns.a|length', 'ns.a|join', 'ns.a|list', 'ns.a|sort', 'ns.a in [ns.a]', 'ns.a|unique|list'])} }}`,
      'either',
    );
  },
  contents(random) {
    const content = random
      .pick([
        '\ue000',
        '\ud800',
        'a',
        '</think>',
        '{{ 1 }}',
        '\u0000',
        '<|im_end|>',
        ' ',
        '\n',
        '👩‍👩‍👧‍👦',
        '"',
        '\\',
        '{% raw %}',
      ])
      .repeat(random.pick([1, 1000, 100_000]));
    const show = random.pick([
      'c',
      'c|trim',
      "c.split('</think>')|last",
      "c|replace('a', 'bb')",
      'c|upper',
      'c|tojson',
      'c|list|join',
      'c[::-1]',
      'c|title',
      "c.split()|join(' ')",
      'c ~ c',
      'c|escape',
      'c in c',
      "c.find('zz')",
      'c|wordcount',
      "c.strip('a')",
      "c.startswith('<')",
      'c|length',
      'c|capitalize',
    ]);
    return template(`{% for m in messages %}{% set c = m.content %}{{ ${show} }}{% endfor %}`, 'either', {
      name: `${show} of ${content.length} ${JSON.stringify(content.slice(0, 12))}`,
      content,
    });
  },
  dates(random) {
    const format = random
      .pick(['%Y', '%', '%Q', '%-d', '%%', '%E', '\u0000', '%s', '%x', '%999Y'])
      .repeat(random.pick([1, 1000, 100_000]));
    return template(`{{ strftime_now('${format}')|length }}`, 'either', {
      name: `strftime_now of ${format.length} ${format.slice(0, 4)}`,
      date: random.below(2) === 0,
    });
  },
};
