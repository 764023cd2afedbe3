import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { weightDtypes } from '@entrgi/models';
import { methodNames } from 'entrgi';
import { expect, test } from 'vitest';
import { entrgi } from '../testing/capture.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const commands = ['generate', 'differentiate', 'inspect', 'completion', 'help'];
const methods = [...methodNames];

/** A folder with the script of a shell, and a model to find. */
const prepared = async (shell: string): Promise<{ folder: string; script: string }> => {
  const folder = await temporaryFolder();
  const { status, stdout, stderr } = await entrgi(['completion', shell]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const script = join(folder, 'script');
  writeFileSync(script, stdout);
  writeFileSync(join(folder, 'model.onnx'), '');
  mkdirSync(join(folder, 'models'));
  return { folder, script };
};

/** What the shell itself offers behind a line, sorted. */
const offers: Record<string, (line: string, script: string, cwd: string) => string[]> = {
  // Files are readline's own: completed where the function has no reply and has not refused them.
  bash: (line, script, cwd) => {
    const program = `source "$1"; read -ra COMP_WORDS <<< "$2"; [[ $2 == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); refused=; compopt() { refused=1; }
      _entrgi; printf '%s\\n' "\${COMPREPLY[@]}"
      [[ -z $COMPREPLY && -z $refused ]] && compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"; :`;
    return lines(execFileSync('bash', ['--norc', '-c', program, '-', script, line], { cwd }));
  },
  zsh: (line, script, cwd) => {
    const capture = join(import.meta.dirname, 'complete.zsh');
    // Its terminal may echo what was typed before the shell does; no offer is a whole command line.
    return lines(execFileSync('zsh', ['-f', capture, script, line], { cwd })).filter(
      (each) => each.trim() !== line.trim(),
    );
  },
  fish: (line, script, cwd) =>
    lines(execFileSync('fish', ['-c', `source ${script}; complete -C '${line}'`], { cwd })),
};

const lines = (output: Buffer): string[] => {
  const words = output
    .toString()
    .split(/\r?\n/)
    .map((each) => each.split('\t')[0]!.replace(/\/$/, ''))
    // Of zsh's terminal: what it draws, and where the answer ends.
    .filter((each) => each !== '' && !each.includes('\u001b') && each !== '<end');
  return [...new Set(words)].toSorted();
};

const isThere = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

for (const shell of Object.keys(offers)) {
  test.skipIf(!isThere(shell))(`${shell} completes`, { timeout: 30_000 }, async () => {
    const { folder, script } = await prepared(shell);
    const offered = (line: string) => offers[shell]!(line, script, folder);
    expect(offered('entrgi ')).toEqual(expect.arrayContaining(commands));
    expect(offered('entrgi insp')).toEqual(['inspect']);
    expect(offered('entrgi generate --rew')).toEqual(['--reward', '--reward-dtype']);
    expect(offered('entrgi generate "A cat" --method ')).toEqual(methods.toSorted());
    expect(offered('entrgi generate --reward-dtype ')).toEqual([...weightDtypes].toSorted());
    expect(offered('entrgi generate --seed m')).toEqual([]);
    expect(offered('entrgi inspect m')).toEqual(['model.onnx', 'models']);
    expect(offered('entrgi differentiate model.onnx -o m')).toEqual(['model.onnx', 'models']);
    expect(offered('entrgi completion ')).toEqual(['bash', 'fish', 'zsh']);
  });
}

test('another shell is wrong usage', async () => {
  const { status, stderr } = await entrgi(['completion', 'tcsh']);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish.');
  expect(status).toBe(2);
});
