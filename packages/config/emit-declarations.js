import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/**
 * Writes dist/**.d.ts, with maps into src, for all that the entries reach: an editor's "go to definition" ends in the source.
 * tsup bundles declarations without maps. Throws the compiler's messages.
 * @param {string[]} entry
 */
export const emitDeclarations = (entry) => {
  const { options } = ts.getParsedCommandLineOfConfigFile(
    'tsconfig.json',
    {
      noEmit: false,
      incremental: false,
      declaration: true,
      declarationMap: true,
      emitDeclarationOnly: true,
      // Types come from what is published, as they will for users.
      customConditions: [],
      rootDir: 'src',
      outDir: 'dist',
    },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  const program = ts.createProgram(
    entry.filter((file) => file.endsWith('.ts')),
    options,
  );
  const diagnostics = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  if (diagnostics.length > 0) fail(...diagnostics);
  copyHandwritten(program);
};

/** The compiler leaves declarations that are sources already (of modules in plain JavaScript) where they are. */
const copyHandwritten = (program) => {
  for (const { fileName, isDeclarationFile } of program.getSourceFiles()) {
    const path = relative('src', fileName);
    if (!isDeclarationFile || path.startsWith('..')) continue;
    mkdirSync(dirname(join('dist', path)), { recursive: true });
    cpSync(fileName, join('dist', path));
  }
};

const fail = (...diagnostics) => {
  const host = {
    getCurrentDirectory: ts.sys.getCurrentDirectory,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  };
  throw new Error(ts.formatDiagnostics(diagnostics, host));
};
