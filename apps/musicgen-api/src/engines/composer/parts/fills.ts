import type { FillStyle, Groove } from '../genres/genre';

/**
 * Fills by style: the last bar of a phrase from where the first sign stands. Written in sixteenths of four; bars of
 * three take the end.
 */
export const FILLS: Record<FillStyle, Groove[]> = {
  rock: [
    { snare: '........x.oxx.X.', tomLow: '.............x.x', kick: 'x...............' },
    {
      snare: '........xx......',
      tomHigh: '..........xx....',
      tomMid: '............xx..',
      tomLow: '..............XX',
      kick: '........x...x...',
    },
    { snare: '............xxXX', kick: '............x...' },
    {
      snare: '....x.ox........',
      tomHigh: '........x.x.....',
      tomMid: '...........xx...',
      tomLow: '.............xXX',
      kick: '....x...x...x...',
    },
    { snare: '..........x.XgXX', kick: '........x..x.x..' },
    { tomHigh: '........x..x....', tomLow: '..........x..x.X', snare: '.........o..X.X.', kick: '........x...x...' },
  ],
  light: [
    { snare: '............o.xo', kick: '..........x.....' },
    { snare: '..........o.x.x.', tomLow: '...............o' },
    { rim: '............x..x', tomLow: '..............x.' },
    { snare: '............xox.' },
  ],
  brush: [
    { snare: '........o..xo.x.', kick: '..........o....x' },
    { snare: '..........o..ox.', kick: '............o...' },
    { snare: '........x..xx..x', tomLow: '..........o...o.', kick: '........o.......' },
  ],
  electronic: [
    { snare: '........x.x.xxxx', clap: '........x...x...' },
    { clap: '..........x.x.x.', tomLow: '...........x.x.x' },
    { snare: '............xxxx', kick: '............x...' },
    { tomHigh: '........x..x....', tomMid: '..........x..x..', tomLow: '............x..X' },
  ],
  trap: [
    { hat: '........xxxxxxxx', snare: '............x.xx' },
    { snare: '........x..x..xx', kick: '..........x.....' },
    { clap: '............x.x.', hat: '........x.xxxxxx' },
  ],
  breaks: [
    { snare: '......x.xgxgxxxx', kick: '......x...x.....' },
    { snare: '..........xgXgXX', kick: '........x..x....' },
    { snare: '........x..x.xXX', kick: '..........x.....', tomLow: '...............x' },
  ],
  latin: [
    { rim: '..........x.x.x.', tomHigh: '............x...', tomLow: '..............xx' },
    { tomHigh: '........x.xx....', tomLow: '............x.xx', kick: '........x...x...' },
  ],
  orchestral: [
    { snare: '........gggooxxX', tomLow: '............x.xX' },
    { tomLow: '........o.o.x.xX', kick: '............x.x.' },
  ],
  reggae: [
    { snare: '........x..xx.x.', tomLow: '..............xx' },
    { tomHigh: '..........x.x...', tomLow: '.............xx.', snare: '........X.......' },
  ],
  metal: [
    { snare: '........xxxx....', tomHigh: '............xx..', tomLow: '..............XX', kick: '........xxxxxxxx' },
    { tomHigh: '....xxxx........', tomMid: '........xxxx....', tomLow: '............xxXX', kick: '....x.x.x.x.x.x.' },
  ],
};
