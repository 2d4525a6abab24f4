/** A part of the mirror is missing or damaged, so it has to be rebuilt from the commits. */
export class MirrorBroken extends Error {
  constructor(part: string) {
    super(`The mirror's ${part} is missing or damaged`);
    this.name = 'MirrorBroken';
  }
}
