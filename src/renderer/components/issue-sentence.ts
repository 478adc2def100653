/** What of zod's issues the sentences need; `z.core.$ZodIssue` fits. */
interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly origin?: unknown;
  readonly inclusive?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly expected?: unknown;
}

/** Why a value can't stand, as a sentence for people: "At most 1,000." */
export function issueSentence(issue: Issue): string {
  const sentence = wordsOf(issue);
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function wordsOf(issue: Issue): string {
  const { code, message, origin, inclusive } = issue;
  if (code === 'invalid_type') {
    if (issue.expected === 'int') return 'a whole number is expected';
    return issue.expected === 'number' ? 'a number is expected' : message;
  }
  if (code === 'too_small' && isNumeric(origin)) {
    return inclusive === false ? `more than ${amount(issue.minimum)}` : `at least ${amount(issue.minimum)}`;
  }
  if (code === 'too_big' && isNumeric(origin)) {
    return inclusive === false ? `less than ${amount(issue.maximum)}` : `at most ${amount(issue.maximum)}`;
  }
  if (code === 'too_small') return origin === 'array' ? 'at least one has to stay' : 'something has to stand here';
  if (code === 'too_big' && origin === 'string') return `at most ${amount(issue.maximum)} characters`;
  return message.replace(/\.$/, '');
}

const isNumeric = (origin: unknown): boolean => origin === 'number' || origin === 'int' || origin === 'bigint';

const amount = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'bigint' ? value.toLocaleString('en') : String(value);
