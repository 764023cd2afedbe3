import { fromBinary } from '@bufbuild/protobuf';
import { EntrgiError, InvalidModelError } from '@entrgi/core';
import { type ModelProto, ModelProtoSchema } from '../generated/onnx_pb.js';

/**
 * The messages of a serialized model, unchecked; tensors share its bytes.
 * @throws InvalidModelError for bytes that are none
 */
export function parseModel(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false, recursionLimit: 32 });
  } catch (cause) {
    if (EntrgiError.isInstance(cause)) throw cause;
    throw new InvalidModelError(`The bytes are not an ONNX model: ${(cause as Error).message}.`, {
      cause,
      hint: 'The file may be truncated, or of another format.',
    });
  }
}
