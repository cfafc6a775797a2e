/** A failure that its one sentence explains to the person at the keyboard: printed as it is, without a stack. */
export class Problem extends Error {
  override name = 'Problem';
}
