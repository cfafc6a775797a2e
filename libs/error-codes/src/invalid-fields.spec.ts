import { invalidFields } from './invalid-fields';

const fields = [
  { path: 'duration', problem: 'must be at most 300' },
  { path: 'mood', problem: 'is not a known field' },
];

describe('what is wrong with a request', () => {
  it('is told field by field, to people and to programs', () => {
    const error = invalidFields(fields);
    expect(error.code).toBe('VALIDATION_FAILED');
    expect(error.details).toBe('duration: must be at most 300; mood: is not a known field');
    expect(error.data).toEqual({ fields });
  });

  it('keeps what was thrown, for the log', () => {
    const cause = new SyntaxError('Unexpected end of JSON input');
    expect(invalidFields(fields, cause).cause).toBe(cause);
    expect(invalidFields(fields)).not.toHaveProperty('cause');
  });
});
