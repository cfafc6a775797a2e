/** What people call the genres. Longer names win over the words in them: "drum and bass" asks for no bass. */
export const GENRE_WORDS: Record<string, string> = {
  pop: 'pop, pop song, pop music, synthpop, synth pop, electropop, indie pop, dance pop, dream pop, k pop, kpop, pop dance, k pop dance, pop ballad, piano ballad, j pop, jpop, bubblegum, radio friendly, chart, city pop, synthwave, synth wave, retrowave, outrun, vaporwave, jingle, commercial, corporate, presentation, startup, product launch, explainer, tutorial, vlog, podcast, advert, advertising, advertisement, new wave, teen pop, power ballad, musical theatre, musical theater',
  rock: 'rock, rock music, rock and roll, rock n roll, rock & roll, rocknroll, indie rock, alternative, alternative rock, alt rock, hard rock, soft rock, pop rock, classic rock, punk, punk rock, pop punk, grunge, garage rock, indie, post rock, britpop, stoner rock, stoner, surf rock, arena rock, stadium rock, psychedelic rock, progressive rock, prog rock, prog, rockabilly, shoegaze, emo, southern rock, post punk, folk rock',
  jazz: 'jazz, jazzy, swing, swing jazz, bebop, be bop, big band, cool jazz, smooth jazz, hard bop, jazz trio, jazz quartet, jazz quintet, dixieland, ragtime, gypsy jazz, jazz waltz, jazz club, modal jazz, lounge, cocktail jazz, swinging',
  blues:
    'blues, bluesy, shuffle, delta blues, chicago blues, blues rock, electric blues, slow blues, twelve bar blues, 12 bar blues, shuffle blues, boogie, boogie woogie, texas blues, juke joint',
  classical:
    'classical, classical music, chamber music, chamber, string quartet, sonata, sonatina, symphony, concerto, minuet, menuet, nocturne, etude, fugue, prelude, mozart, bach, beethoven, chopin, vivaldi, haydn, schubert, impressionist, romantic era, baroque, renaissance, classical piano, piano sonata, neoclassical, neo classical, minimalist, minimalism, minimal piano, philip glass, steve reich, einaudi, satie, debussy, ravel, tchaikovsky, brahms, liszt, handel, ballet, salon, rondo, serenade, suite, divertimento, partita, piano quintet',
  orchestral:
    'orchestral, orchestra music, film theme, movie theme, main theme, film, film soundtrack, tv theme, theme tune, cinematic, film score, film music, movie, movie score, soundtrack, trailer, trailer music, epic, epic orchestral, score, hans zimmer, john williams, symphonic, adventure, fantasy, battle music, video game, game music, heroic, fanfare, hollywood, superhero, documentary, space opera, action movie',
  ambient:
    'ambient, ambience, atmospheric, drone, soundscape, meditation, meditative, new age, sleep, sleep music, yoga, spa, space music, drone ambient, dark ambient, chillout, chill out, background texture, relaxation, zen, mindfulness, healing, minimal ambient, deep focus, brian eno',
  lofi: 'lofi, lo fi, lo fi hip hop, lofi hip hop, lofi beats, lo fi beats, chillhop, chill hop, study beats, study music, chill beats, jazz hop, jazzhop, chilled beats, bedroom beats, homework',
  hiphop:
    'hip hop, hiphop, trap, rap, rap beat, boom bap, boombap, drill, 808, trap beat, gangsta, phonk, cloud rap, grime, type beat, hip hop beat, beat tape, west coast, g funk, crunk, southern rap',
  house:
    'house, house music, deep house, tech house, disco house, progressive house, edm, dance, dance music, electro house, tropical house, french house, acid house, future house, eurodance, club, club music, electronic dance music, afro house, big room, garage, uk garage, nu disco, electro, electroswing, festival, piano house, dancefloor',
  techno:
    'techno, minimal techno, detroit techno, acid, rave, industrial, industrial techno, trance, psytrance, hard techno, minimal, berlin, warehouse, electronic, electronica, hardstyle, melodic techno, goa, peak time, cyberpunk, ebm',
  drum_and_bass:
    'drum and bass, drum & bass, drum n bass, drums and bass music, dnb, d&b, dnb music, jungle, liquid, liquid drum and bass, liquid dnb, neurofunk, breakbeat, breakcore, breaks, liquid funk, jump up, rollers, roller, techstep, halfstep, drumstep, big beat',
  funk: 'funk, funky, disco, p funk, groovy funk, jazz funk, funk rock, boogie funk, motown funk, soul funk, acid jazz, fusion, jazz fusion, james brown, slap, afrobeat, get down',
  reggae:
    'reggae, lovers rock, ska, dub, dancehall, roots reggae, rocksteady, roots, reggaeton, jamaican, island, caribbean, one drop, rasta, bob marley',
  latin:
    'latin, bossa nova, bossa, samba, salsa, bolero, tango, latin jazz, rumba, mambo, cha cha, cha cha cha, brazilian, cuban, son, merengue, bachata, cumbia, flamenco, spanish, carnival, bossanova, timba, guaracha, mexican, mariachi, havana, rio',
  folk: 'folk, folk music, acoustic, acoustic folk, indie folk, singer songwriter, celtic, irish, scottish, campfire, fingerpicking, fingerstyle, traditional, sea shanty, shanty, jig, reel, medieval, tavern, unplugged, folksy, americana folk, nordic, pastoral, acoustic ballad',
  country:
    'country, country music, bluegrass, nashville, honky tonk, americana, western, cowboy, country rock, hillbilly, outlaw country, country pop, hoedown, southern, barn dance, rodeo, train beat, two step',
  metal:
    'metal, heavy metal, death metal, thrash, thrash metal, black metal, metalcore, doom metal, power metal, nu metal, symphonic metal, folk metal, djent, headbanging, doom, deathcore, hardcore, speed metal, progressive metal, melodic death metal, industrial metal',
  rnb: 'rnb, r&b, r & b, r n b, rhythm and blues, soul, neo soul, neosoul, contemporary r&b, motown, quiet storm, slow jam, gospel, soulful, alternative r&b, trap soul, smooth soul',
};
