// The program of a process that makes one file in another format, and ends.
import { transcodeWav } from '../audio/transcode';
import { readWavTags } from '../audio/wav-tags';
import { artefactOf } from '../engines/render-folder';
import type { Transcoding } from './transcoder';

const { master, path, format } = JSON.parse(process.argv[2]!) as Transcoding;

async function main() {
  await transcodeWav(master, { path, format, tags: await readWavTags(master) });
  process.send!(await artefactOf({ kind: 'mix', name: 'mix', format }, path));
}

// Nobody would take the result.
process.on('disconnect', () => process.exit(0));
void main().then(() => process.disconnect());
