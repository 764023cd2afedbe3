/** How a user can name a model, for help texts. */
export const modelForms = 'a checkpoint directory, or owner/name or owner/name@REV on the Hugging Face hub';
