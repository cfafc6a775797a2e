import { fileName } from './artefact-files';

const mix = { kind: 'mix', name: 'mix', format: 'mp3' } as const;
const named = (title: string | null, prompt = 'Upbeat jazz with saxophone') => ({ id: 'gen_1', title, prompt });

describe('the name of a file', () => {
  it('comes from the title, else from the prompt', () => {
    expect(fileName(named('Café del Mar'), mix)).toBe('cafe-del-mar.mp3');
    expect(fileName(named(null), mix)).toBe('upbeat-jazz-with-saxophone.mp3');
  });

  it('keeps the letters of every script', () => {
    expect(fileName(named('夜の音楽'), mix)).toBe('夜の音楽.mp3');
  });

  it('tells a stem and the waveform from the mix', () => {
    expect(fileName(named('Blue'), { kind: 'stem', name: 'Drum Kit', format: 'wav' })).toBe('blue-drum-kit.wav');
    expect(fileName(named('Blue'), { kind: 'waveform', name: 'waveform', format: 'json' })).toBe('blue-waveform.json');
  });

  it('is the id when nothing else is left', () => {
    expect(fileName(named('!!!'), mix)).toBe('gen_1.mp3');
  });

  it('holds no path, no quotes and no line ends, and stays short', () => {
    const name = fileName(named(`../../"etc"\r\npasswd ${'x'.repeat(200)}`), mix);
    expect(name).toMatch(/^etc-passwd-x+\.mp3$/);
    expect(name.length).toBeLessThanOrEqual(64);
  });
});
