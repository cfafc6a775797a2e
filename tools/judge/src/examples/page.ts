/** One example on the page. */
export interface Example {
  genre: string;
  prompt: string;
  seed: number;
  tempo: number;
  key: string;
  timeSignature: string;
  instruments: string[];
}

function figure({ genre, prompt, seed, tempo, key, timeSignature, instruments }: Example): string {
  const facts = `${tempo.toFixed(0)} bpm, ${key}, ${timeSignature}, seed ${seed}`;
  const links = ['wav', 'mp3', 'mid'].map((format) => `<a href="${genre}.${format}">${format.toUpperCase()}</a>`);
  return [
    `<section><h2>${genre.replaceAll('_', ' ')}</h2><p><q>${prompt}</q> · ${facts} · ${links.join(' ')}<br>`,
    `${instruments.join(', ').replaceAll('_', ' ')}</p>`,
    `<audio controls preload="none" src="${genre}.mp3"></audio>`,
    `<img src="${genre}.waveform.svg" alt="Waveform" loading="lazy">`,
    `<img src="${genre}.score.svg" alt="Score as a piano roll" loading="lazy"></section>`,
  ].join('\n');
}

/** A page that plays the examples and shows them: opens from disk, without a server. */
export function pageOf(examples: readonly Example[], engineVersion: string): string {
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Examples of the composer</title>',
    '<meta name="viewport" content="width=device-width">',
    '<style>:root{color-scheme:dark}body{background:#1a1e27;color:#dde3ee;font:16px/1.5 system-ui,sans-serif;max-width:1200px;margin:2rem auto;padding:0 1rem}',
    'img,audio{width:100%;display:block;margin:.4rem 0}a{color:#8ec1ff}h2{margin:2.5rem 0 0;text-transform:capitalize}</style>',
    '<h1>One piece of each genre</h1>',
    `<p>Made by ${engineVersion}, which makes the same of the same prompt and seed. Below each waveform its score: time from left `,
    'to right, pitch upwards, a colour for each part, drums at the bottom.</p>',
    ...examples.map(figure),
    '</html>',
    '',
  ].join('\n');
}
