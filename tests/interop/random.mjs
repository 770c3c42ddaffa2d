// SPDX-License-Identifier: MIT
// Random deliveries that come again with their seed.

/// The seed: the first argument that looks like one, or the clock. Printed, so that a failure can be repeated.
export function seed(argument) {
  const chosen = argument === undefined ? Date.now() % 2 ** 32 : Number(argument);
  console.log(`seed ${chosen}`);
  return chosen;
}

export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  /// Mulberry32: 32 bits.
  bits() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
  /// From 0 to `limit` - 1.
  below(limit) {
    return Math.floor((this.bits() / 2 ** 32) * limit);
  }
  one_of(list) {
    return list[this.below(list.length)];
  }
  bytes(size) {
    return Buffer.from(Array.from({ length: size }, () => this.bits() & 255));
  }
  text(size, alphabet = "abcdefghijklmnopqrstuvwxyz0123456789 \"\\{}[]:,.\n\r\tñÁ€💳\u0000\ufeff") {
    const characters = Array.from(alphabet);
    return Array.from({ length: size }, () => this.one_of(characters)).join("");
  }
}
