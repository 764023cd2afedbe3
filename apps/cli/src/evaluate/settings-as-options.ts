import type { SettingDifference } from '@entrgi/evaluation/internal';

/** Settings that only a configuration has. */
export const withoutOption: ReadonlySet<string> = new Set([
  'deprioritizeEos',
  'entropyOf',
  'softTemperature',
  'filterHard',
]);

/** How a command line asks for the settings that a journal has. */
export const settingsAsOptions = (differences: readonly SettingDifference[]): string => {
  const models = differences.filter(({ name }) => isHash.test(name));
  const settings = differences.filter(({ name }) => !isHash.test(name));
  const [said, unsaid] = [
    settings.filter(({ found }) => found !== undefined && found !== false),
    settings.filter(({ found }) => found === undefined || found === false),
  ];
  const inFile = said.filter(({ name }) => withoutOption.has(name));
  const options = said.filter(({ name }) => !withoutOption.has(name));
  return [
    ...models.map(modelCure),
    ...(options.length === 0 ? [] : [`say ${options.map(optionOf).join(' ')}`]),
    ...(inFile.length === 0
      ? []
      : [
          `have ${inFile.map(({ name, found }) => `"${name}": ${JSON.stringify(found)}`).join(', ')} in a file for --config`,
        ]),
    ...(unsaid.length === 0 ? [] : [`leave out ${unsaid.map(({ name }) => flagOf(name)).join(', ')}`]),
  ].join(', and ');
};

const isHash = / \(hash\)$/;

const modelCure = ({ name, found }: SettingDifference): string => {
  const model = name.replace(isHash, '');
  if (found === undefined) return `say --${model} none`;
  return `name by --${model} the one whose files have the hash ${found}`;
};

/** "topK" is --top-k; parts of objects have options of their own. */
const flagOf = (name: string): string => {
  if (withoutOption.has(name)) return `"${name}" of --config`;
  const [whole = '', part] = name.split('.');
  if (whole === 'dtype')
    return part === undefined ? '--denoiser-dtype and --reward-dtype' : `--${part}-dtype`;
  if (whole === 'templateVariables') return `--template-variable ${part}`;
  return `--${whole.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
};

const optionOf = ({ name, found }: SettingDifference): string => {
  const flag = flagOf(name);
  if (found === true) return flag;
  if (name === 'dtype') return `--denoiser-dtype ${found} --reward-dtype ${found}`;
  if (flag.startsWith('--template-variable')) return `${flag}=${quoted(JSON.stringify(found))}`;
  return `${flag} ${quoted(typeof found === 'string' ? found : JSON.stringify(found))}`;
};

/** As a shell takes it for one word. */
const quoted = (text: string): string =>
  /^[\w.,:/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
