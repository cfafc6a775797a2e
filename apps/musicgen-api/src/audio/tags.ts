/** A term of IPTC's "digital source type" vocabulary. */
export type DigitalSourceType = 'algorithmicMedia' | 'trainedAlgorithmicMedia';

/** Where a file comes from. Every encoder writes all of it, in its format's own way. */
export interface AudioTags {
  title: string;
  promptSha256: string;
  model: string;
  seed: number;
  /** Name and version of the engine. */
  generator: string;
  digitalSourceType: DigitalSourceType;
  genre?: string;
  soundBank?: string;
  soundBankLicence?: string;
}

/** As Vorbis comments (used by FLAC and Ogg): upper-case names, in a fixed order. */
export function vorbisComments(tags: AudioTags): string[] {
  return [`TITLE=${tags.title}`, ...(tags.genre ? [`GENRE=${tags.genre}`] : []), `ENCODER=${tags.generator}`].concat(
    provenance(tags).map(([name, value]) => `${name.toUpperCase()}=${value}`),
  );
}

/** What has no field of its own in ID3 and RIFF. */
export function provenance(tags: AudioTags): [name: string, value: string][] {
  const bank: [string, string | undefined][] = [
    ['sound_bank', tags.soundBank],
    ['sound_bank_licence', tags.soundBankLicence],
  ];
  return [
    ['digital_source_type', tags.digitalSourceType],
    ['model', tags.model],
    ['seed', String(tags.seed)],
    ['prompt_sha256', tags.promptSha256],
    ...bank.filter((pair): pair is [string, string] => pair[1] !== undefined),
  ];
}

/** A Vorbis comment packet's body (Vorbis I, section 5.2.1); FLAC uses the same without the framing bit. */
export function vorbisCommentBlock(vendor: string, tags: AudioTags): Buffer {
  const counted = (text: string) => {
    const bytes = Buffer.from(text, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const comments = vorbisComments(tags);
  const count = Buffer.alloc(4);
  count.writeUInt32LE(comments.length);
  return Buffer.concat([counted(vendor), count, ...comments.map(counted)]);
}
