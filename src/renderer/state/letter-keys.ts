import { KeptChoice, useKeptChoice } from './kept-choice.ts';

const choice = new KeptChoice('letter-keys', (kept) => kept !== 'off');

/** Whether keys of one character do something; a person who speaks to the computer switches them off (WCAG 2.1.4). */
export const letterKeys = {
  isOn: choice.get,
  set: (isOn: boolean): void => choice.set(isOn, isOn ? 'on' : 'off'),
};

export const useLetterKeys = (): boolean => useKeptChoice(choice);
