import { passwordProblems } from './password-rules';

const EMAIL = 'Clara.Wieck@example.com';

describe('a new password', () => {
  it.each(['Saite-Kamm-Wolke-17', '十六分音符の夜想曲集', 'x y z 1 2 3 4', 'a'.repeat(100) + 'Wolke'])(
    '%s is accepted',
    async (password) => expect(await passwordProblems(password, EMAIL)).toEqual([]),
  );

  it.each([
    ['Wolke17', 'must be at least 8 characters'],
    ['🎹🎻🎺', 'must be at least 8 characters'],
    ['W'.repeat(129), 'must be at most 128 characters'],
    ['clara.wieck@EXAMPLE.com', 'must not be the e-mail address or the part of it before the @'],
    ['CLARA.WIECK', 'must not be the e-mail address or the part of it before the @'],
    ['password', 'must not be one of the passwords that are tried first, this one is on every list'],
    ['QwertyUiop', 'must not be one of the passwords that are tried first, this one is on every list'],
    ['ｐａｓｓｗｏｒｄ', 'must not be one of the passwords that are tried first, this one is on every list'],
  ])('%s is refused', async (password, problem) => {
    expect(await passwordProblems(password, EMAIL)).toEqual([problem]);
  });

  it('of 128 characters is accepted, counted as people count', async () => {
    expect(await passwordProblems('🎹'.repeat(128), EMAIL)).toEqual([]);
  });
});
