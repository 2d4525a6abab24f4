/** The exit codes, as promised in docs/cli.md. */
export const EXIT = { done: 0, failed: 1, usage: 2, unreachable: 3, signedOut: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a message for the person. It can be thrown anywhere. */
export class Ending extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The command was given something that makes no sense. */
export const misused = (message: string): Ending => new Ending(EXIT.usage, message);
