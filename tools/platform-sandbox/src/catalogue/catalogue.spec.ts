import { albums, artists, findByIsrc, searchTracks, tracks } from './catalogue';
import { playsBefore } from './listening';

const ada = { id: 'ada', name: 'Ada', email: 'a@b.c', country: 'US', accounts: {} };

describe('the catalogue', () => {
  it('has artists with different names, and ISRCs of no country', () => {
    expect(new Set(artists.map(({ name }) => name)).size).toBe(artists.length);
    expect(new Set(tracks.map(({ isrc }) => isrc)).size).toBe(tracks.length);
    expect(tracks.every(({ isrc }) => /^ZZSBX26\d{5}$/.test(isrc))).toBe(true);
    expect(new Set(albums.map(({ upc }) => upc)).size).toBe(albums.length);
  });

  it('is the same in every process', () => {
    expect(tracks[42]).toMatchObject({ title: 'Losing the Shore', isrc: 'ZZSBX2600042', durationMs: 313_952 });
  });

  it('is found by ISRC in any case, and by all words of a search', () => {
    expect(findByIsrc('zzsbx2600042')).toBe(tracks[42]);
    expect(searchTracks(`${tracks[42]?.title} ${tracks[42]?.artist.name}`)).toContain(tracks[42]);
    expect(searchTracks('no such words')).toEqual([]);
  });
});

describe('listening', () => {
  const habit = { intervalSeconds: 600, lagSeconds: 0 };
  const now = Date.UTC(2026, 10, 20, 10);

  it('goes on with the clock, and never changes what was', () => {
    const before = playsBefore(ada, habit, now, 50);
    const later = playsBefore(ada, habit, now + 3_600_000, 50);
    expect(later.slice(6)).toEqual(before.slice(0, 44));
  });

  it('shows plays late when there is a lag', () => {
    const [newest] = playsBefore(ada, { ...habit, lagSeconds: 3600 }, now, 1);
    expect(newest?.playedAt).toBeLessThanOrEqual(now - 3_600_000);
  });
});
