const [rate, headerBytes, sampleBytes] = [8_000, 44, 2];

/** A second of 8 kHz mono PCM as a WAV file, all zeros: whoever has ears for it accepts our keys first. */
export const secondOfSilence = wav(Buffer.alloc(rate * sampleBytes));

function wav(samples: Buffer): Buffer<ArrayBuffer> {
  const file = Buffer.alloc(headerBytes + samples.length);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * sampleBytes, 28);
  file.writeUInt16LE(sampleBytes, 32);
  file.writeUInt16LE(8 * sampleBytes, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples.length, 40);
  samples.copy(file, headerBytes);
  return file;
}
