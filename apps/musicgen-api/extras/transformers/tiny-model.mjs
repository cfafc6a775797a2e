// node tiny-model.mjs <folder>: writes a MusicGen of random weights, 300 kB, in the form of the real one: text encoder,
// decoder and EnCodec as ONNX, tokenizer, configuration. It makes noises rather than music, from prompt, seed and guidance
// like the real one; tests run it through the real library.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const { onnx } = createRequire(import.meta.url)('onnx-proto');
const { INT64, FLOAT } = onnx.TensorProto.DataType;
const { INTS, INT } = onnx.AttributeProto.AttributeType;

const codes = 48;
const codebooks = 4;
const hidden = 16;
const hop = 640;
const sampleRate = 32_000;

/** mulberry32: the weights are the same on every machine. */
function chance(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = chance(20_261_120);
const weights = (count, scale) => Float32Array.from({ length: count }, () => scale * (2 * random() - 1));

const floats = (name, dims, values) => ({ name, dims, dataType: FLOAT, rawData: new Uint8Array(values.buffer) });
const integers = (name, values) => ({
  name,
  dims: [values.length],
  dataType: INT64,
  rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});
const value = (name, elemType, dims) => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});
const node = (opType, input, output, attribute = []) => ({ opType, input, output: [output], name: output, attribute });
const axis = (i) => [{ name: 'axis', type: INT, i }];
const axes = (name, ints, keep) => [
  { name, type: INTS, ints },
  ...(keep === undefined ? [] : [{ name: 'keepdims', type: INT, i: keep }]),
];

function model(graph) {
  const proto = { irVersion: 8, opsetImport: [{ domain: '', version: 11 }], producerName: 'tiny-model', graph };
  return onnx.ModelProto.encode(onnx.ModelProto.fromObject(proto)).finish();
}

const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789,.-#'];
const pieces = ['<pad>', '</s>', '<unk>', '▁', ...letters];

const textEncoder = model({
  name: 'text_encoder',
  input: [value('input_ids', INT64, ['batch', 'tokens'])],
  output: [value('last_hidden_state', FLOAT, ['batch', 'tokens', hidden])],
  initializer: [floats('embedding', [pieces.length, hidden], weights(pieces.length * hidden, 1))],
  node: [node('Gather', ['embedding', 'input_ids'], 'last_hidden_state')],
});

// Each code follows from the one before it and from the mean of the text: rows of the batch are its pieces' codebooks.
const decoder = model({
  name: 'decoder_model_merged',
  input: [
    value('input_ids', INT64, ['rows', 'steps']),
    value('encoder_hidden_states', FLOAT, ['batch', 'tokens', hidden]),
  ],
  output: [value('logits', FLOAT, ['rows', 'steps', codes])],
  initializer: [
    floats('following', [codes + 1, codes], weights((codes + 1) * codes, 3)),
    floats('text_weights', [hidden, codes], weights(hidden * codes, 2)),
    integers('any', [-1]),
    integers('one', [1]),
    integers('codebooks', [codebooks]),
    integers('codes', [codes]),
  ],
  node: [
    node('Gather', ['following', 'input_ids'], 'from_before'),
    node('ReduceMean', ['encoder_hidden_states'], 'mean', axes('axes', [1], 0)),
    node('MatMul', ['mean', 'text_weights'], 'from_text'),
    node('Unsqueeze', ['from_text'], 'from_text_4d', axes('axes', [1, 2])),
    node('Shape', ['input_ids'], 'shape'),
    node('Gather', ['shape', 'one'], 'steps', axis(0)),
    node('Concat', ['any', 'codebooks', 'steps', 'codes'], 'shape_4d', axis(0)),
    node('Reshape', ['from_before', 'shape_4d'], 'from_before_4d'),
    node('Add', ['from_before_4d', 'from_text_4d'], 'sum'),
    node('Concat', ['any', 'steps', 'codes'], 'shape_3d', axis(0)),
    node('Reshape', ['sum', 'shape_3d'], 'logits'),
  ],
});

/** A short tone for each code, without steps at its ends. */
function tones() {
  const table = new Float32Array(codes * hop);
  for (let code = 0; code < codes; code++) {
    const hz = 110 * 2 ** (code / 12);
    for (let i = 0; i < hop; i++) {
      table[code * hop + i] = 0.2 * Math.sin((2 * Math.PI * hz * i) / sampleRate) * Math.sin((Math.PI * i) / hop);
    }
  }
  return table;
}

const encodec = model({
  name: 'encodec_decode',
  input: [value('audio_codes', INT64, ['chunks', 'batch', codebooks, 'frames'])],
  output: [value('audio_values', FLOAT, [1, 1, 'samples'])],
  initializer: [floats('tones', [codes, hop], tones()), integers('mono', [1, 1, -1])],
  node: [
    node('Gather', ['tones', 'audio_codes'], 'played'),
    node('ReduceSum', ['played'], 'mixed', axes('axes', [2], 0)),
    node('Reshape', ['mixed', 'mono'], 'audio_values'),
  ],
});

const special = ['<pad>', '</s>', '<unk>'].map((content, id) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
}));
const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: special,
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
    special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } },
  },
  decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
  model: { type: 'Unigram', unk_id: 2, vocab: pieces.map((piece, i) => [piece, i < 3 ? 0 : -1]) },
};
const config = {
  model_type: 'musicgen',
  architectures: ['MusicgenForConditionalGeneration'],
  is_encoder_decoder: true,
  text_encoder: { model_type: 't5', d_model: hidden, num_layers: 1, num_heads: 1, vocab_size: pieces.length },
  audio_encoder: { model_type: 'encodec', sampling_rate: sampleRate, audio_channels: 1 },
  decoder: {
    model_type: 'musicgen_decoder',
    num_codebooks: codebooks,
    vocab_size: codes,
    pad_token_id: codes,
    bos_token_id: codes,
    num_hidden_layers: 1,
    num_attention_heads: 1,
    hidden_size: hidden,
  },
};
const start = { decoder_start_token_id: codes, bos_token_id: codes, pad_token_id: codes };

const folder = process.argv[2];
if (!folder) {
  console.error('node tiny-model.mjs <folder>');
  process.exit(2);
}
fs.mkdirSync(path.join(folder, 'onnx'), { recursive: true });
const files = {
  'config.json': JSON.stringify(config, null, 2),
  'generation_config.json': JSON.stringify({ ...start, do_sample: true, guidance_scale: 3, max_length: 1500 }, null, 2),
  'tokenizer.json': JSON.stringify(tokenizer),
  'tokenizer_config.json': JSON.stringify({
    tokenizer_class: 'T5Tokenizer',
    eos_token: '</s>',
    pad_token: '<pad>',
    unk_token: '<unk>',
    model_max_length: 512,
  }),
  'onnx/text_encoder_quantized.onnx': textEncoder,
  'onnx/decoder_model_merged_quantized.onnx': decoder,
  'onnx/encodec_decode.onnx': encodec,
};
for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), content);
