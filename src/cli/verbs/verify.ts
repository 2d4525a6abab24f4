import type { Verification } from '../../contract/verification.ts';
import { reportOf } from '../../verify/report.ts';
import { readJson } from '../client.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../ending.ts';
import { print } from '../io.ts';

/** Asks a remote gitpost to verify itself. */
export const verify: Command = async (io, _given, connection) => {
  const verification = await readJson<Verification>(await connection.send({ method: 'GET', path: 'verify' }));
  await print(io, reportOf(verification));
  return verification.status === 'ok' ? EXIT.done : EXIT.failed;
};
