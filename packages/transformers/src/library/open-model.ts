import { requireThat } from '@entrgi/core/internal';
import type { Library, LibraryLoading, LibraryModel, LibraryTokenizer } from './contract.js';
import { importLibrary } from './import-library.js';
import { loadFrom } from './load-from.js';

/** A tokenizer and a model of Transformers.js, such as every pipeline of it has. They stay the caller's. */
export interface LoadedModel {
  readonly tokenizer: unknown;
  readonly model: unknown;
}

/** A tokenizer and its model, and how they are freed. */
export interface OpenModel {
  readonly name: string;
  readonly tokenizer: LibraryTokenizer;
  readonly model: LibraryModel;
  close(): Promise<void>;
}

type ModelClass = 'AutoModelForSequenceClassification' | 'AutoModelForCausalLM';

/**
 * Loads a model by its name, or takes one that is loaded. `of` is what errors call the function.
 * @throws InvalidArgumentError, and what `loadFrom` throws
 */
export const openModel = async (
  of: string,
  given: string | LoadedModel,
  modelClass: ModelClass,
  loading: LibraryLoading,
): Promise<OpenModel> => {
  if (typeof given !== 'string') {
    const { tokenizer, model } = (given ?? {}) as Partial<LoadedModel>;
    const isLoaded = [tokenizer, model].every((part) => typeof part === 'function');
    const what = 'the name of a model, or a pipeline of @huggingface/transformers';
    requireThat(`${of}: model`, given, what, isLoaded);
    const own = { tokenizer, model } as { tokenizer: LibraryTokenizer; model: LibraryModel };
    return { ...own, name: nameOf(own.model) ?? of, close: async () => {} };
  }
  const library = await importLibrary();
  return loadFrom(given, loading, async (...from) => {
    // The model first: where there is none, the library says so of it, and not of its tokenizer.
    const model = await loadModel(library, modelClass, from);
    const close = async () => void (await model.dispose());
    try {
      const tokenizer = await library.AutoTokenizer.from_pretrained(...from);
      return { name: lastPart(given), tokenizer, model, close };
    } catch (error) {
      await close();
      throw error;
    }
  });
};

/**
 * Kinds of models that the library has no such head of, it runs all the same: an ONNX file has its head in
 * it.
 */
const loadModel = async (
  library: Library,
  modelClass: ModelClass,
  from: readonly [source: string, loading: LibraryLoading],
): Promise<LibraryModel> => {
  try {
    return await library[modelClass].from_pretrained(...from);
  } catch (error) {
    if (!/^Unsupported model type/.test((error as Error).message)) throw error;
    return library.AutoModel.from_pretrained(...from);
  }
};

/** What a model that came without a name is called: as its configuration says, or its kind. */
export const nameOf = ({ config }: LibraryModel): string | undefined =>
  config._name_or_path ? lastPart(config._name_or_path) : config.model_type;

/** `C:\models\judge`, `owner/judge`: judge. */
export const lastPart = (source: string): string => source.split(/[\\/]/).findLast((part) => part !== '')!;
