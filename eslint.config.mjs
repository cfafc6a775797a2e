import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Which way dependencies may point: an app sees the kit and the contracts, never another app (README, "The map"). */
const boundaries = [
  { sourceTag: 'layer:errors', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:contracts', onlyDependOnLibsWithTags: ['layer:errors'] },
  { sourceTag: 'layer:kit', onlyDependOnLibsWithTags: ['layer:errors', 'layer:contracts'] },
  { sourceTag: 'layer:embedded', onlyDependOnLibsWithTags: ['layer:errors', 'layer:contracts', 'layer:kit'] },
  {
    sourceTag: 'layer:testing',
    onlyDependOnLibsWithTags: ['layer:errors', 'layer:contracts', 'layer:kit', 'layer:embedded'],
  },
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['layer:errors', 'layer:contracts', 'layer:kit'] },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['layer:testing'] },
  {
    sourceTag: 'type:tool',
    onlyDependOnLibsWithTags: ['layer:errors', 'layer:contracts', 'layer:kit', 'layer:embedded'],
  },
];
const withTesting = boundaries.map((rule) => ({
  ...rule,
  onlyDependOnLibsWithTags: [...rule.onlyDependOnLibsWithTags, 'layer:testing', 'layer:embedded'],
}));
const boundaryRule = (depConstraints) => ({
  '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints }],
});
/** What a class is given by injection is no call that somebody has to read. */
const tooManyParameters = [
  'FunctionDeclaration[params.length>5]',
  'ArrowFunctionExpression[params.length>5]',
  'MethodDefinition[kind!="constructor"] > FunctionExpression[params.length>5]',
  'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>9]',
].map((selector) => ({ selector, message: 'Too many parameters.' }));
const tests = ['**/*.spec.ts', '**/test/**/*.ts'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.data/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { '@nx': nx },
    rules: {
      ...boundaryRule(boundaries),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true }],
      complexity: ['error', 20],
      'max-depth': ['error', 4],
      'no-restricted-syntax': ['error', ...tooManyParameters],
    },
  },
  { files: tests, rules: { ...boundaryRule(withTesting), 'max-lines': ['error', { max: 500, skipBlankLines: true }] } },
  {
    files: ['apps/*/src/**/*.ts'],
    ignores: [...tests, '**/*.entity.ts', '**/*.store.ts', '**/persistence/**', '**/*.module.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'typeorm', message: 'Only entities, stores and persistence/ touch TypeORM.' }] },
      ],
    },
  },
  {
    files: ['apps/*/src/**/*.ts'],
    ignores: ['**/config.ts', 'apps/system-e2e/**', ...tests],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config.ts reads the environment.' },
      ],
    },
  },
  {
    files: ['apps/{auth-gateway,credential-vault,musicgen-api}/src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-syntax': [
        'error',
        ...tooManyParameters,
        {
          selector: 'Literal[value=/^(spotify|youtube_music|amazon_music|apple_music|deezer|tidal|acrcloud)$/]',
          message: 'A platform is named in libs/platform-contracts/src/platforms and in its connector only.',
        },
      ],
    },
  },
);
