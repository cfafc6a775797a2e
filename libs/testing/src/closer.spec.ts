import { Closer, opening } from './closer';

let log: string[];
beforeEach(() => (log = []));

const end = (name: string) => log.push(`end of ${name}`);
const broken = () => Promise.reject(new Error('broken'));

describe('what is started in several steps', () => {
  it('is ended last first, once', async () => {
    const { close } = await opening(async (closer) => {
      await closer.open('a', end);
      await closer.open(Promise.resolve('b'), end);
      return closer;
    });
    expect(log).toEqual([]);
    await close();
    await close();
    expect(log).toEqual(['end of b', 'end of a']);
  });

  it('is ended when a later step fails, for the reason of that step', async () => {
    const starting = opening(async (closer) => {
      await closer.open('a', end);
      await closer.open('b', broken);
      await closer.open(Promise.reject(new Error('c did not start')), end);
      await closer.open('d', end);
    });
    await expect(starting).rejects.toThrow('c did not start');
    expect(log).toEqual(['end of a']);
  });

  it('is ended also where it was still starting beside the step that failed', async () => {
    let started = (_name: string) => {};
    const slow = new Promise<string>((resolve) => (started = resolve));
    const starting = opening((closer) => Promise.all([closer.open(slow, end), closer.open(broken(), end)]));
    const outcome = expect(starting).rejects.toThrow('broken');
    started('the slow one');
    await outcome;
    expect(log).toEqual(['end of the slow one']);
  });

  it('is all ended, and what does not end is told', async () => {
    const closer = new Closer();
    await closer.open('a', end);
    await closer.open('b', broken);
    await closer.open('c', end);
    await expect(closer.close()).rejects.toThrow('broken');
    expect(log).toEqual(['end of c', 'end of a']);
  });
});
