import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

type Conditions = string | { readonly [condition: string]: Conditions };

/** The source of an entry, where Node is, if that makes a difference; undefined for what is no module of ours. */
const sourceOf = (conditions: Conditions, isSource = false): string | undefined => {
  if (typeof conditions === 'string') return isSource ? conditions : undefined;
  const inner = conditions['@entrgi/source'];
  if (inner !== undefined) return sourceOf(inner, true);
  const other = conditions.node ?? conditions.default;
  return other === undefined ? undefined : sourceOf(other, isSource);
};

/** The entries of all packages that anybody may import, by what is written there: all but `/internal`. */
const entries = new Map<string, string>();
for (const folder of readdirSync(join(root, 'packages')).toSorted()) {
  const path = join(root, 'packages', folder, 'package.json');
  if (!existsSync(path)) continue;
  const { name, exports, private: isPrivate } = JSON.parse(readFileSync(path, 'utf8'));
  if (isPrivate === true) continue;
  for (const [subpath, conditions] of Object.entries<Conditions>(exports)) {
    const source = sourceOf(conditions);
    if (source === undefined || subpath === './internal') continue;
    entries.set(join(name, subpath), join(root, 'packages', folder, source));
  }
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ['@entrgi/source'],
  allowJs: true,
  noEmit: true,
  // Names and comments are wanted, no types.
  noLib: true,
  types: [],
};
const host = ts.createCompilerHost(options);
// Of modules that are not ours nothing is wanted.
host.resolveModuleNameLiterals = (literals, containingFile) =>
  literals.map(({ text }) =>
    /^(\.|#|entrgi|@entrgi\/)/.test(text)
      ? ts.resolveModuleName(text, containingFile, options, host, undefined, undefined, ts.ModuleKind.ESNext)
      : { resolvedModule: undefined },
  );
const program = ts.createProgram([...entries.values()], options, host);
const checker = program.getTypeChecker();

interface Export {
  /** As in `filters.topP`. */
  readonly name: string;
  readonly symbol: ts.Symbol;
}

const target = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** What a module exports, and for a namespace what that does. */
const exportsOf = (module: ts.Symbol, prefix = ''): Export[] =>
  checker
    .getExportsOfModule(module)
    .map((symbol): Export => ({ name: prefix + symbol.name, symbol: target(symbol) }))
    .flatMap((own) =>
      own.symbol.flags & ts.SymbolFlags.ValueModule ? exportsOf(own.symbol, `${own.name}.`) : [own],
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

const surface = [...entries].map(([entry, file]) => {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry}: ${file} is no module`);
  return { entry, exports: exportsOf(module) };
});

const isOurs = (symbol: ts.Symbol): boolean =>
  symbol.declarations?.some(({ parent }) => !parent.getSourceFile().fileName.includes('node_modules')) ===
  true;

const docOf = (symbol: ts.Symbol): string =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();

/** Names with the documentation that an editor shows of them, of the fields of interfaces and classes too. */
const documented = surface.flatMap(({ entry, exports }) =>
  exports
    .filter(({ symbol }) => isOurs(symbol))
    .flatMap(({ name, symbol }) => [
      { name: `${entry}: ${name}`, doc: docOf(symbol), isMember: false },
      ...[...(symbol.members?.values() ?? [])].map((member) => ({
        name: `${entry}: ${name}.${member.name}`,
        doc: docOf(member),
        isMember: true,
      })),
    ]),
);

/** To change it: `npx vitest run --project repository tests/public-surface.test.ts -u`, and read the difference. */
test('is what public-surface.txt lists', async () => {
  const text = surface.map(({ entry, exports }) =>
    [entry, ...exports.map(({ name }) => `  ${name}`)].join('\n'),
  );
  await expect(`${text.join('\n\n')}\n`).toMatchFileSnapshot('public-surface.txt');
});

test('is documented', () => {
  const missing = documented.filter(({ doc, isMember }) => !isMember && doc === '');
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('says what it is without pointing to what stands above it', () => {
  const dangling = documented.filter(({ doc }) =>
    /^(The same\b|As above|Ditto|See above|Likewise)/.test(doc),
  );
  expect(dangling.map(({ name, doc }) => `${name}: ${doc.split('\n')[0]}`)).toEqual([]);
});
