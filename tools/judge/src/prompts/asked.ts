/** A prompt, and what a listener of the piece is to hear in it. What it does not ask is not judged. */
export interface AskedPrompt {
  genre: string;
  prompt: string;
  /** Quarter notes a minute. */
  bpm?: number;
  /** "F# minor". */
  key?: string;
  metre: '3/4' | '4/4' | '6/8';
}
