import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A Python that the reference can run in. */
export interface Python {
  readonly path: string;
  readonly versions: Readonly<Record<string, string>>;
}

const PROBE = `
import json, platform, torch, transformers
print(json.dumps({"python": platform.python_version(), "torch": torch.__version__, "transformers": transformers.__version__}))
`;

/** The Python at `path`, if it has torch and transformers; undefined where not. */
export const findPython = async (path: string): Promise<Python | undefined> => {
  try {
    const { stdout } = await promisify(execFile)(path, ['-c', PROBE]);
    return { path, versions: JSON.parse(stdout) };
  } catch {
    return undefined;
  }
};
