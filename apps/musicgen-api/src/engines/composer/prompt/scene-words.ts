/** What a time, a place or an occasion makes people expect to hear. */
export interface Scene {
  words: string;
  genre?: string;
  mood?: string;
  players: string[];
}

/** Times, places and occasions, with the words that mean them. */
export const SCENES: Record<string, Scene> = {
  medieval: {
    words: 'medieval, middle ages, renaissance, tavern, ancient',
    genre: 'folk',
    players: ['recorder', 'harp'],
  },
  baroque: {
    words: 'baroque, 17th century, 18th century, bach, vivaldi',
    genre: 'classical',
    players: ['harpsichord'],
  },
  romantic: { words: '19th century, victorian, chopin', genre: 'classical', players: ['piano'] },
  twenties: {
    words: '20s, 1920s, roaring twenties, ragtime, dixieland, speakeasy',
    genre: 'jazz',
    players: ['clarinet'],
  },
  thirties: { words: '30s, 1930s, 40s, 1940s, forties, wartime', genre: 'jazz', players: ['clarinet'] },
  fifties: { words: '50s, 1950s, fifties, doo wop', genre: 'rock', players: ['piano'] },
  sixties: { words: '60s, 1960s, sixties', genre: 'rock', players: ['organ'] },
  seventies: { words: '70s, 1970s, seventies', genre: 'funk', players: ['clavinet'] },
  eighties: {
    words: '80s, 1980s, eighties, synthwave, synth wave, retrowave, outrun, new wave, city pop',
    genre: 'pop',
    players: ['synth_brass', 'dx_piano'],
  },
  nineties: { words: '90s, 1990s, nineties', players: [] },
  aughts: { words: '2000s, y2k, noughties', players: [] },
  nursery: {
    words: 'lullaby, lullabies, cradle song, nursery, nursery rhyme, baby, babies, bedtime',
    genre: 'classical',
    mood: 'calm',
    players: ['music_box'],
  },
  parade: {
    words: 'march, marches, marching, marching band, military, army, parade, brass band',
    genre: 'orchestral',
    players: ['brass', 'piccolo'],
  },
  circus: {
    words: 'circus, clown, clowns, carousel, merry go round, fairground',
    genre: 'orchestral',
    mood: 'playful',
    players: ['brass', 'piccolo'],
  },
  polka: { words: 'polka, polkas, oompah, oktoberfest, beer hall', genre: 'folk', players: ['accordion', 'tuba'] },
  funeral: {
    words: 'funeral, requiem, elegy, dirge, mourning, memorial, remembrance',
    genre: 'classical',
    mood: 'sad',
    players: ['slow_strings'],
  },
  christmas: {
    words: 'christmas, xmas, santa, santa claus, sleigh, sleigh bells, jingle bells, winter wonderland',
    mood: 'happy',
    players: ['glockenspiel'],
  },
  cafe: {
    words:
      'cafe, café, coffee shop, coffeehouse, coffee, bistro, restaurant, elevator, elevator music, lift music, hotel lobby, piano bar, cocktail bar, cocktail',
    genre: 'jazz',
    mood: 'calm',
    players: ['piano'],
  },
  film_noir: { words: 'film noir, detective, private eye', genre: 'jazz', mood: 'dark', players: ['muted_trumpet'] },
  chip: {
    words: 'chiptune, chip music, 8 bit, 8bit, 16 bit, nintendo, gameboy, game boy, arcade',
    players: ['square_lead'],
  },
  paris: { words: 'paris, parisian, musette, french cafe', players: ['accordion'] },
  balkans: {
    words: 'balkan, klezmer, russian, slavic, gypsy, romani, yiddish, ukrainian, greek',
    genre: 'folk',
    players: ['clarinet', 'accordion', 'violin'],
  },
  africa: {
    words: 'african, africa, tribal, savanna, savannah, safari, jungle drums',
    genre: 'folk',
    players: ['percussion', 'kalimba', 'marimba'],
  },
  india: { words: 'indian, india, bollywood, raga, bhangra, hindu', players: ['sitar', 'percussion'] },
  orient: {
    words: 'arabic, arabian, middle eastern, persian, turkish, egyptian, desert, bedouin',
    players: ['dulcimer', 'percussion'],
  },
  far_east: {
    words: 'japanese, japan, samurai, ninja, geisha, chinese, china, korean folk, asian, shaolin',
    players: ['koto', 'shakuhachi'],
  },
  andes: { words: 'andean, andes, peruvian, inca, bolivian', genre: 'folk', players: ['pan_flute', 'nylon_guitar'] },
  hawaii: { words: 'hawaiian, hawaii, tiki, luau, polynesian', players: ['acoustic_guitar', 'steel_drums'] },
  pirates: { words: 'pirate, pirates, buccaneer', genre: 'folk', mood: 'playful', players: ['accordion', 'fiddle'] },
};
