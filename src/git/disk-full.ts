/** Whether git, or the system itself, reports that a disk or a quota is full. */
export const isDiskFull = (words: string): boolean =>
  /No space left on device|Out of diskspace|ENOSPC|quota exceeded/i.test(words);
