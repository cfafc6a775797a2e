/** What a mood does to the music. */
export interface Mood {
  /** Added to energy, −0.5 to 0.5. */
  energy: number;
  /** −1 dark to 1 bright: register and colour. */
  brightness: number;
  mode?: 'major' | 'minor';
  /** Above 1 faster than usual, below it slower; see `MOOD_REACH`. */
  tempo: number;
  words: string;
}

/** Moods by name, with the words that mean them. */
export const MOODS: Record<string, Mood> = {
  happy: {
    energy: 0.12,
    brightness: 0.6,
    mode: 'major',
    tempo: 1.05,
    words:
      'happy, happiness, joyful, joy, cheerful, cheery, merry, jolly, sunny, bright, feel good, feelgood, optimistic, positive, carefree, delightful, glad, smiling, sunshine, summer, summery, birthday, holiday, holidays, celebration, celebrating, festive',
  },
  uplifting: {
    energy: 0.15,
    brightness: 0.5,
    mode: 'major',
    tempo: 1.03,
    words:
      'uplifting, inspiring, inspirational, motivational, motivating, hopeful, hope, triumphant, victorious, victory, triumph, encouraging, empowering, soaring, sunrise, dawn, morning, graduation, achievement, rise, rising',
  },
  playful: {
    energy: 0.05,
    brightness: 0.7,
    mode: 'major',
    tempo: 1.05,
    words:
      'playful, fun, funny, quirky, whimsical, silly, cute, childlike, kids, children, comedy, comedic, bouncy, cartoon, puppy, humorous, light hearted, lighthearted',
  },
  energetic: {
    energy: 0.3,
    brightness: 0.3,
    tempo: 1.08,
    words:
      'energetic, energy, high energy, lively, vibrant, dynamic, exciting, excited, powerful, driving, pumping, workout, gym, running, party, banging, explosive, intense, hype, hyped, adrenaline, wild, spirited, vigorous, punchy, peppy, rocking, banger, sport, sports, sporty, race, battle, fight, fighting, war, combat, boss',
  },
  aggressive: {
    energy: 0.38,
    brightness: -0.3,
    mode: 'minor',
    tempo: 1.06,
    words:
      'aggressive, angry, anger, rage, furious, brutal, heavy, fierce, hard, violent, savage, ferocious, crushing, hostile, raging',
  },
  epic: {
    energy: 0.3,
    brightness: 0,
    tempo: 1,
    words: 'grand, majestic, massive, huge, monumental, glorious, dramatic, anthemic, anthem, stirring, big',
  },
  calm: {
    energy: -0.28,
    brightness: 0.1,
    tempo: 0.9,
    words:
      'calm, calming, relaxing, relaxed, relax, peaceful, peace, tranquil, serene, soothing, gentle, soft, quiet, mellow, chill, chilled, laid back, laidback, easy going, easygoing, smooth, still, restful, delicate, tender, light, subtle, sleepy, lullaby, cozy, cosy, warm, floating, airy, sleeping, slumber, forest, meadow, garden, lake, river, countryside',
  },
  sad: {
    energy: -0.2,
    brightness: -0.5,
    mode: 'minor',
    tempo: 0.88,
    words:
      'sad, sadness, sorrow, sorrowful, melancholy, melancholic, mournful, tearful, heartbroken, heartbreak, lonely, loneliness, depressing, gloomy, grief, bittersweet, blue, wistful, crying, lament, somber, sombre, regret, tragic, moody, farewell, goodbye, loss',
  },
  dark: {
    energy: 0,
    brightness: -0.8,
    mode: 'minor',
    tempo: 0.95,
    words:
      'dark, sinister, evil, ominous, menacing, brooding, gothic, grim, creepy, scary, horror, haunting, haunted, eerie, spooky, halloween, macabre, nightmare, bleak, noir, shadowy, dystopian, dystopia, apocalyptic, apocalypse, post apocalyptic, villain, demon, demonic, zombie, zombies, vampire, ghost, ghosts, ghostly, murder',
  },
  tense: {
    energy: 0.12,
    brightness: -0.4,
    mode: 'minor',
    tempo: 1.04,
    words:
      'tense, tension, suspense, suspenseful, thriller, anxious, nervous, urgent, restless, dangerous, danger, spy, chase, mission, heist, countdown, ticking, unsettling, uneasy, crime, investigation',
  },
  mysterious: {
    energy: -0.12,
    brightness: -0.3,
    mode: 'minor',
    tempo: 0.94,
    words:
      'mysterious, mystery, mystical, magical, magic, enigmatic, enchanted, enchanting, ethereal, otherworldly, cosmic, alien, surreal, hypnotic, universe, galaxy, space, outer space, stars, fairy, fairy tale, fairytale, wizard, witch, misty, mist, fog, foggy',
  },
  romantic: {
    energy: -0.12,
    brightness: 0.2,
    mode: 'major',
    tempo: 0.92,
    words:
      'romantic, romance, love, loving, lovely, passionate, sensual, sexy, intimate, wedding, heartfelt, sentimental, emotional, touching, beautiful, candlelight, dinner, sweeping',
  },
  nostalgic: {
    energy: -0.1,
    brightness: 0,
    tempo: 0.96,
    words:
      'nostalgic, nostalgia, vintage, retro, old school, oldschool, old, memories, reminiscent, yearning, longing, faded',
  },
  dreamy: {
    energy: -0.2,
    brightness: 0.3,
    tempo: 0.93,
    words:
      'dreamy, dream, dreams, hazy, psychedelic, trippy, spacey, spacious, reflective, contemplative, introspective, thoughtful, evolving, smoky, beach, sunset, drifting, pensive, cloudy, rainy, rain, night, midnight, starry, moonlit, moonlight, ocean, sea, waves, underwater, clouds, sky, snow, snowy, snowfall, mountain, mountains, autumn, evening, dusk, twilight, horizon, landscape',
  },
  groovy: {
    energy: 0.12,
    brightness: 0.2,
    tempo: 1,
    words: 'groovy, groove, danceable, catchy, infectious, swagger, cool, sassy, strut, bouncing',
  },
  confident: {
    energy: 0.12,
    brightness: 0,
    tempo: 1,
    words: 'confident, bold, determined, strong, proud, brave, courageous, heroism',
  },
};
