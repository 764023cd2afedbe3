/** A tensor of Transformers.js. */
export interface LibraryTensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | bigint>;
  to(type: 'float32'): { readonly data: Float32Array };
}

/** What a tokenizer makes of one text, as a batch of one. */
export interface LibraryInputs {
  readonly input_ids: LibraryTensor;
  readonly [name: string]: LibraryTensor;
}

/** A tokenizer of Transformers.js: of its interface, what is used here. */
export interface LibraryTokenizer {
  (
    text: string,
    options: { readonly return_tensor: false; readonly add_special_tokens?: boolean },
  ): {
    readonly input_ids: readonly number[];
  };
  (text: string, options?: { readonly text_pair?: string }): LibraryInputs;
  apply_chat_template(
    messages: readonly object[],
    options: { readonly add_generation_prompt: boolean; readonly return_dict: true },
  ): LibraryInputs;
  readonly chat_template: unknown;
  readonly model_max_length?: number | null;
  readonly bos_token_id?: number | undefined;
  readonly eos_token_id?: number | undefined;
}

/** A model of Transformers.js. */
export interface LibraryModel {
  (inputs: Readonly<Record<string, LibraryTensor>>): Promise<Readonly<Record<string, LibraryTensor>>>;
  readonly config: {
    readonly id2label?: Readonly<Record<string, string>>;
    readonly problem_type?: string;
    readonly model_type?: string;
    readonly _name_or_path?: string;
  };
  dispose(): Promise<unknown>;
}

/** A pipeline of Transformers.js, whatever its task. */
export interface LibraryPipeline {
  // biome-ignore lint/suspicious/noExplicitAny: each task takes and gives something else
  (...given: any[]): Promise<any>;
  readonly tokenizer: LibraryTokenizer;
  readonly model: LibraryModel;
  dispose(): Promise<unknown>;
}

/** How the library loads something: its own names. */
export interface LibraryLoading {
  readonly dtype?: string;
  readonly device?: string;
  readonly revision?: string;
  readonly cache_dir?: string;
  readonly local_files_only?: boolean;
  readonly model_file_name?: string;
  readonly subfolder?: string;
}

interface Loader<T> {
  from_pretrained(source: string, options: LibraryLoading): Promise<T>;
}

/** Of the module, what is used here. */
export interface Library {
  pipeline(task: string, source: string, options: LibraryLoading): Promise<LibraryPipeline>;
  readonly AutoTokenizer: Loader<LibraryTokenizer>;
  readonly AutoModel: Loader<LibraryModel>;
  readonly AutoModelForSequenceClassification: Loader<LibraryModel>;
  readonly AutoModelForCausalLM: Loader<LibraryModel>;
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => LibraryTensor;
}
