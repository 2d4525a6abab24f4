/** A part of the mirror is gone or damaged: the mirror is to be made again from the commits. */
export class MirrorBroken extends Error {
  constructor(part: string) {
    super(`The mirror's ${part} is missing or damaged`);
    this.name = 'MirrorBroken';
  }
}
