/** What players of the General MIDI families can reach, generously: outside of it is a mistake, not a choice. */
const FAMILY_RANGES: readonly (readonly [low: number, high: number])[] = [
  [21, 108], // pianos
  [45, 108], // mallets
  [24, 101], // organs, accordion, harmonica
  [35, 88], // guitars; distorted ones tune down
  [23, 72], // basses
  [24, 103], // strings
  [28, 100], // ensembles and voices
  [26, 86], // brass
  [34, 91], // reeds
  [48, 108], // pipes
  [24, 108], // synth leads
  [24, 108], // synth pads
  [24, 108], // synth effects
  [36, 96], // world
  [24, 108], // percussive
  [0, 127], // sound effects
];

/** Solo instruments whose own range is narrower than their family's. */
const OWN_RANGES: Record<number, readonly [number, number]> = {
  40: [55, 103], // violin
  41: [48, 93], // viola
  42: [36, 84], // cello
  43: [24, 67], // double bass
  46: [23, 103], // harp
  56: [52, 86], // trumpet
  57: [34, 77], // trombone
  58: [26, 67], // tuba
  60: [34, 81], // horn
  64: [56, 92], // soprano saxophone
  65: [49, 85], // alto saxophone
  66: [44, 80], // tenor saxophone
  67: [36, 73], // baritone saxophone
  68: [58, 91], // oboe
  69: [52, 84], // cor anglais
  70: [34, 76], // bassoon
  71: [50, 94], // clarinet
  72: [74, 108], // piccolo
  73: [59, 98], // flute
};

/** Lowest and highest key of a program. */
export function rangeOfProgram(program: number): readonly [number, number] {
  return OWN_RANGES[program] ?? FAMILY_RANGES[program >> 3] ?? [0, 127];
}
