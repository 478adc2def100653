/** Answers that cost something to find, each until what it rests on has another version; the oldest go first. */
export class RecentAnswers<T> {
  private readonly kept: number;
  private readonly answers = new Map<string, { version: number; answer: T }>();

  constructor(kept: number) {
    this.kept = kept;
  }

  get(question: string, version: number, find: () => T): T {
    const known = this.answers.get(question);
    this.answers.delete(question);
    const answer = known?.version === version ? known.answer : find();
    this.answers.set(question, { version, answer });
    const [oldest] = this.answers.keys();
    if (this.answers.size > this.kept && oldest !== undefined) this.answers.delete(oldest);
    return answer;
  }
}
