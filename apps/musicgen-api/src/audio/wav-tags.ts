import fs from 'node:fs/promises';
import type { AudioTags } from './tags';

const HEADER_MAX = 1 << 16;

/** What a WAV file of ours says of itself, so that another format of it can say the same. */
export async function readWavTags(path: string): Promise<AudioTags> {
  const file = await fs.open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_MAX), 0, HEADER_MAX, 0);
    return tagsOf(infoOf(buffer.subarray(0, bytesRead)));
  } finally {
    await file.close();
  }
}

/** The fields of LIST INFO, by their four letters. */
function infoOf(header: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  for (const list of chunksOf(header, 12)) {
    if (list.id !== 'LIST') continue;
    for (const { id, body } of chunksOf(list.body, 4)) fields.set(id, body.toString('utf8').replace(/\0+$/, ''));
  }
  return fields;
}

function* chunksOf(bytes: Buffer, from: number) {
  for (let at = from; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    yield { id: bytes.toString('latin1', at, at + 4), body: bytes.subarray(at + 8, at + 8 + length) };
    at += 8 + length + (length % 2);
  }
}

function tagsOf(info: Map<string, string>): AudioTags {
  const comment = new Map((info.get('ICMT') ?? '').split(/; (?=[a-z_\d]+=)/).map((field) => splitAt(field, '=')));
  return {
    title: info.get('INAM') ?? '',
    generator: info.get('ISFT') ?? '',
    genre: info.get('IGNR'),
    promptSha256: comment.get('prompt_sha256') ?? '',
    model: comment.get('model') ?? '',
    seed: Number(comment.get('seed')),
    digitalSourceType: comment.get('digital_source_type') as AudioTags['digitalSourceType'],
    soundBank: comment.get('sound_bank'),
    soundBankLicence: comment.get('sound_bank_licence'),
  };
}

const splitAt = (text: string, separator: string): [string, string] => {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
};
