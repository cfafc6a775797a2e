import type { LiveEvents } from '@musicgen/service-kit';
import { GenerationNews } from './generation-news';

const never = new AbortController().signal;
const longMs = 3_600_000;
const makeNews = () => new GenerationNews({ subscribe: () => undefined } as unknown as LiveEvents);

describe('whoever follows a generation', () => {
  it('is woken by its news, and by no other’s', async () => {
    const news = makeNews();
    const [mine, other] = [news.watch('gen_1'), news.watch('gen_2')];
    let isOtherWoken = false;
    void other.changed(longMs, never).then(() => (isOtherWoken = true));
    const woken = mine.changed(longMs, never);
    news.tell('gen_1');
    await woken;
    expect(isOtherWoken).toBe(false);
    news.tell('gen_2');
  });

  it('does not miss news that came while nobody waited, and is woken once for it', async () => {
    const news = makeNews();
    const watch = news.watch('gen_1');
    news.tell('gen_1');
    news.tell('gen_1');
    await watch.changed(longMs, never);
    const stop = new AbortController();
    const next = watch.changed(longMs, stop.signal);
    stop.abort();
    await next;
  });

  it('waits no longer than it wants to', async () => {
    const watch = makeNews().watch('gen_1');
    await watch.changed(1, never);
    await watch.changed(longMs, AbortSignal.abort());
  });

  it('is forgotten when it goes, and only it', async () => {
    const news = makeNews();
    const [one, two] = [news.watch('gen_1'), news.watch('gen_1')];
    one.close();
    const woken = two.changed(longMs, never);
    news.tell('gen_1');
    await woken;
    two.close();
    expect(Object.values(news).filter((value) => value instanceof Map && value.size > 0)).toEqual([]);
  });
});
