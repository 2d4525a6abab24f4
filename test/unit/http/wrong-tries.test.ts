import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { wrongTries } from '../../../src/http/wrong-tries.ts';

const from = (remoteAddress: string) => ({ socket: { remoteAddress } }) as IncomingMessage;
const MINUTE = 60_000;

test('lets ten wrong tries a minute pass, of each place for itself', () => {
  let now = 0;
  const tries = wrongTries(() => now);
  const [guesser, other] = [from('192.0.2.1'), from('192.0.2.2')];
  for (let number = 0; number < 10; number += 1) {
    expect(tries.areTooMany(guesser)).toBe(false);
    tries.count(guesser);
    now += 1000;
  }
  expect(tries.areTooMany(guesser)).toBe(true);
  expect(tries.areTooMany(other)).toBe(false);
  now = MINUTE - 1;
  expect(tries.areTooMany(guesser)).toBe(true);
  now = MINUTE + 1;
  expect(tries.areTooMany(guesser)).toBe(false);
});

test('takes a network of IPv6 for one place, and an address of IPv4 for one', () => {
  const tries = wrongTries(() => 0);
  for (let number = 0; number < 10; number += 1) tries.count(from(`2001:db8:1:2::${number}`));
  expect(tries.areTooMany(from('2001:db8:1:2:ffff::1'))).toBe(true);
  expect(tries.areTooMany(from('2001:db8:1:3::1'))).toBe(false);
  for (let number = 0; number < 10; number += 1) tries.count(from('::ffff:192.0.2.1'));
  expect(tries.areTooMany(from('::ffff:192.0.2.1'))).toBe(true);
  expect(tries.areTooMany(from('::ffff:192.0.2.2'))).toBe(false);
});

test('remembers no more than some thousand places', () => {
  const tries = wrongTries(() => 0);
  for (let number = 0; number < 10; number += 1) tries.count(from('192.0.2.1'));
  for (let number = 0; number < 10_000; number += 1) tries.count(from(`10.0.${number >> 8}.${number & 255}`));
  expect(tries.areTooMany(from('192.0.2.1'))).toBe(false);
});
