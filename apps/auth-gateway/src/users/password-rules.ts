const LENGTH = { min: 8, max: 128 } as const;

let common: Promise<ReadonlySet<string>> | undefined;

/** What is wrong with a new password, as sentences for its field; empty: nothing. The password is in none of them. */
export async function passwordProblems(password: string, email: string): Promise<string[]> {
  const text = password.normalize('NFKC');
  const folded = text.toLowerCase();
  const length = [...text].length;
  const address = email.trim().normalize('NFKC').toLowerCase();
  const problems: string[] = [];
  if (length < LENGTH.min) problems.push(`must be at least ${LENGTH.min} characters`);
  if (length > LENGTH.max) problems.push(`must be at most ${LENGTH.max} characters`);
  if (folded === address || folded === address.slice(0, address.lastIndexOf('@')))
    problems.push('must not be the e-mail address or the part of it before the @');
  if (problems.length === 0 && (await commonPasswords()).has(folded))
    problems.push('must not be one of the passwords that are tried first, this one is on every list');
  return problems;
}

// The dictionary takes 30 ms and some megabytes, so it is read when the first password is chosen, and only once.
function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].filter((word) => word.length >= LENGTH.min)),
  );
  return common;
}
