import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Flac from 'libflacjs/dist';
import { openEncoder } from './encoder';
import type { AudioFormat } from './encoder';
import { readPage } from './ogg-pages';
import { packed24, quantise } from './sample-format';
import { transcodeWav } from './transcode';
import { WavReader } from './wav-reader';

const RATE = 44100;
const FRAMES = 2 * RATE + 123;
const TAGS = {
  title: 'Regen über „Köln“ 雨',
  promptSha256: 'ab'.repeat(32),
  model: 'composer-1',
  seed: 4294967295,
  generator: 'composer-1.0.0',
  digitalSourceType: 'algorithmicMedia' as const,
  soundBank: 'A bank',
  soundBankLicence: 'MIT',
};
const STREAM = { sampleRate: RATE, frames: FRAMES, tags: TAGS };

const left = Float32Array.from({ length: FRAMES }, (_, i) => 0.5 * Math.sin(i * 0.05) + 0.2 * Math.sin(i * i * 1e-6));
const right = Float32Array.from({ length: FRAMES }, (_, i) => 0.6 * Math.sin(i * 0.03 + 1));
quantise(left);
quantise(right);

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'encoder-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function encode(format: AudioFormat, chunk = 4500): Promise<Buffer> {
  const path = join(folder, `${format}-${chunk}`);
  const encoder = await openEncoder(format, path, STREAM);
  for (let at = 0; at < FRAMES; at += chunk) {
    encoder.write(left.subarray(at, at + chunk), right.subarray(at, at + chunk));
  }
  encoder.end();
  return readFileSync(path);
}

/** The header and tags of MPEG frames, walked from one to the next. */
function mpegFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    expect(bytes.readUInt16BE(at) & 0xfffe).toBe(0xfffa);
    const size = Math.floor((144 * 192000) / RATE) + ((bytes[at + 2]! >> 1) & 1);
    frames.push(bytes.subarray(at, at + size));
    at += size;
  }
  return frames;
}

const tagSize = (bytes: Buffer) => 10 + ((bytes[6]! << 21) | (bytes[7]! << 14) | (bytes[8]! << 7) | bytes[9]!);

function decodeFlac(bytes: Buffer): Buffer {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the encoder has loaded it by now, its way.
  const flac = require('libflacjs/dist/libflac.min.wasm.js') as typeof Flac;
  const decoder = flac.create_libflac_decoder(true);
  const pieces: Buffer[] = [];
  let at = 0;
  flac.init_decoder_stream(
    decoder,
    (count) => {
      const buffer = new Uint8Array(bytes.subarray(at, at + count));
      at += buffer.length;
      return { buffer, readDataLength: buffer.length, error: false };
    },
    (channels) => {
      const [l, r] = channels.map((channel) => Buffer.from(channel)) as [Buffer, Buffer];
      // 24-bit samples come in words of 32.
      for (let i = 0; i < l.length; i += 4) pieces.push(l.subarray(i, i + 3), r.subarray(i, i + 3));
    },
    (code, message) => {
      throw new Error(`${code} ${message}`);
    },
  );
  flac.FLAC__stream_decoder_process_until_end_of_stream(decoder);
  flac.FLAC__stream_decoder_delete(decoder);
  return Buffer.concat(pieces);
}

describe('openEncoder', () => {
  it.each(['wav', 'flac', 'mp3', 'ogg'] as const)('writes the same %s however the stream is cut', async (format) => {
    expect((await encode(format, 4500)).equals(await encode(format, 16384))).toBe(true);
  });

  it.each(['wav', 'flac', 'mp3', 'ogg'] as const)('makes the same %s from the WAV master later', async (format) => {
    const direct = await encode(format);
    await encode('wav');
    const path = join(folder, `later.${format}`);
    await transcodeWav(join(folder, 'wav-4500'), { path, format, tags: TAGS });
    expect(readFileSync(path).equals(direct)).toBe(true);
  });

  it('writes WAV with every frame as it was, in 24 bits', async () => {
    const bytes = await encode('wav');
    const reader = new WavReader(join(folder, 'wav-4500'));
    const { layout } = reader;
    const [readLeft, readRight] = reader.read(FRAMES + 1)!;
    reader.close();
    expect(layout).toMatchObject({ sampleRate: RATE, channels: 2, bits: 24, frames: FRAMES });
    expect(bytes.length).toBe(layout.dataAt + FRAMES * 6);
    expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
    expect(readLeft).toEqual(left);
    expect(readRight).toEqual(right);
  });

  it('writes FLAC that decodes to the WAV, with its length and MD5 in the header', async () => {
    const bytes = await encode('flac');
    const samples = packed24(left, right);
    expect(bytes.toString('latin1', 0, 4)).toBe('fLaC');
    expect(bytes.readUInt32BE(22)).toBe(FRAMES);
    expect(bytes.toString('hex', 26, 42)).toBe(createHash('md5').update(samples).digest('hex'));
    expect(decodeFlac(bytes).equals(samples)).toBe(true);
  });

  it('writes MP3 at a constant rate, with the frames counted and the codec’s silence told', async () => {
    const bytes = await encode('mp3');
    const [info, ...audio] = mpegFrames(bytes.subarray(tagSize(bytes))) as [Buffer, ...Buffer[]];
    expect(info.toString('latin1', 36, 40)).toBe('Info');
    expect(info.readUInt32BE(44)).toBe(audio.length);
    const delayAndPadding = info.readUIntBE(177, 3);
    expect(audio.length * 1152 - (delayAndPadding >> 12) - (delayAndPadding & 0xfff)).toBe(FRAMES);
    expect(delayAndPadding & 0xfff).toBeGreaterThanOrEqual(529);
  });

  it('writes Ogg Vorbis whose last page tells the exact length', async () => {
    const bytes = await encode('ogg');
    let granule = 0n;
    for (let at = 0, sequence = 0; at < bytes.length; sequence++) {
      const page = readPage(bytes, at)!;
      expect(page.sequence).toBe(sequence);
      granule = bytes.readBigInt64LE(at + 6);
      at = page.end;
    }
    expect(granule).toBe(BigInt(FRAMES));
  });

  it.each([
    ['wav', 'utf8'],
    ['flac', 'utf8'],
    ['ogg', 'utf8'],
    ['mp3', 'utf16le'],
  ] as const)('carries the provenance in %s', async (format, encoding) => {
    const bytes = await encode(format);
    for (const text of [
      TAGS.title,
      TAGS.promptSha256,
      TAGS.model,
      String(TAGS.seed),
      TAGS.generator,
      'A bank',
      'MIT',
    ]) {
      expect(bytes.includes(Buffer.from(text, encoding))).toBe(true);
    }
    expect(bytes.includes(Buffer.from('algorithmicMedia', encoding))).toBe(true);
  });

  it('gives up without an error, and encodes the next piece as ever', async () => {
    for (const format of ['flac', 'mp3', 'ogg'] as const) {
      const expected = await encode(format);
      const given = await openEncoder(format, join(folder, 'given-up'), STREAM);
      given.write(left.subarray(0, 9000), right.subarray(0, 9000));
      given.abort();
      expect((await encode(format)).equals(expected)).toBe(true);
    }
  });
});
