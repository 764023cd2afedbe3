/** How a user can name a model, for help texts. */
export const modelForms =
  'a checkpoint directory, an .onnx file of one, or owner/name or owner/name@REV on the Hugging Face hub';
