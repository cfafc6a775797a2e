/** Words that say nothing about the music: never reported as ignored. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    '& a an the and or of for with in on at to by from as is are be it its this that these those my your our me i we you ' +
    'some any very really quite so too more most less much bit little lot kind sort like style styled feel feeling vibe vibes ' +
    'music song songs piece pieces track tracks tune tunes composition instrumental instrumentals make create generate write compose ' +
    'please want need give give us would should could can will have has had having featuring features feature featured including include ' +
    'includes included but while when where which who whose into over under through than then also plus about around up down off out ' +
    'sound sounds sounding something somewhat slightly touch hint mixed mix blend tempo bpm beats per minute key signature time metre ' +
    'meter mood genre section sections based inspired good great nice perfect suitable background intro let play plays played playing ' +
    'short long minute minutes second seconds loop looping version full main set new one two three four five solo duo trio only just ' +
    'melody melodies melodic harmony harmonies rhythm rhythms rhythmic chords chord progression lead minor major sharp flat lush rich deep ' +
    'clean simple beautiful acoustic electric there here not no without dont do does never instead rather even still all both each other unaccompanied quintet sextet combo scene theme themes underscore riff riffs band group ceremony video city like'
  ).split(' '),
);

/** Words that turn what follows into something not wanted. */
export const NEGATORS: ReadonlySet<string> = new Set([
  'no',
  'without',
  'minus',
  'sans',
  'not',
  'exclude',
  'excluding',
  'except',
  "don't",
  'dont',
  'never',
  'avoid',
  'skip',
  'remove',
  'lacking',
  'non',
  'zero',
  'neither',
  'nor',
  'omit',
  'omitting',
  'w/o',
]);

/** Words that may stand between a negation and what it is about. */
export const FILLERS: ReadonlySet<string> = new Set([
  'the',
  'any',
  'a',
  'an',
  'of',
  'too',
  'so',
  'very',
  'use',
  'include',
  'add',
  'much',
  'many',
  'overly',
  'really',
  'more',
  'with',
  'have',
  'having',
  'all',
]);
