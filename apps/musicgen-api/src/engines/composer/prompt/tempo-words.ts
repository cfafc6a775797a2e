/** Words for tempo: a mark in beats a minute, or a factor on what the genre usually has. */
export interface TempoWord {
  bpm?: number;
  factor?: number;
  energy?: number;
  words: string;
}

/** Slow to fast. */
export const TEMPO_WORDS: TempoWord[] = [
  { bpm: 46, energy: -0.2, words: 'larghissimo, grave' },
  { bpm: 54, energy: -0.2, words: 'largo, lento' },
  { bpm: 70, energy: -0.15, words: 'adagio, larghetto' },
  { bpm: 86, energy: -0.05, words: 'andante, walking pace' },
  { bpm: 110, words: 'moderato' },
  { bpm: 118, energy: 0.05, words: 'allegretto' },
  { bpm: 136, energy: 0.15, words: 'allegro' },
  { bpm: 160, energy: 0.2, words: 'vivace, vivo' },
  { bpm: 180, energy: 0.3, words: 'presto' },
  { bpm: 200, energy: 0.3, words: 'prestissimo' },
  { factor: 0.74, energy: -0.22, words: 'very slow, super slow, extremely slow, glacial, ultra slow' },
  {
    factor: 0.83,
    energy: -0.15,
    words:
      'slow, slowly, slow tempo, slow paced, ballad, slower, sluggish, downtempo, down tempo, half time, halftime, unhurried, lazy, slowed',
  },
  { factor: 0.97, words: 'mid tempo, midtempo, medium tempo, moderate, medium, moderate tempo, mid paced' },
  { factor: 1.1, energy: 0.16, words: 'upbeat, up beat, up tempo, uptempo, brisk, quick, lively tempo, pacy, jaunty' },
  {
    factor: 1.18,
    energy: 0.22,
    words: 'fast, faster, fast paced, fast tempo, rapid, speedy, double time, doubletime, racing, hurried',
  },
  {
    factor: 1.3,
    energy: 0.3,
    words: 'very fast, super fast, extremely fast, breakneck, frantic, frenetic, blazing, lightning fast',
  },
];

/** Words for time signatures. */
export const METRE_WORDS: Record<'3/4' | '4/4' | '6/8', string> = {
  '3/4':
    '3/4, waltz, waltzing, in three, triple metre, triple meter, triple time, three four, three quarter time, jazz waltz, minuet, menuet, mazurka, viennese, in 3',
  '4/4': '4/4, common time, in four, four four, in 4',
  '6/8': '6/8, in six, six eight, compound time, jig, barcarolle, tarantella, siciliana, in 6, 12/8',
};
