import { hashText } from './typed-arrays';

const BUCKETS = 1 << 17;
/** Above this many counted words everything is halved, so that old listings fade. */
const MAX_TOTAL = 1 << 23;
/** Every title counts at first; later a sample is enough. */
const COUNT_ALL_TITLES = 20_000;
const SAMPLE_EVERY = 16;

/** What titles are known to be full of, per thousand titles, for the time before the first has been seen. */
const COMMON_WORDS: Readonly<Record<number, string>> = {
  300: 'lp vinyl the',
  150: 'record album of and a in 12 2 new rock',
  80: 'ep cd 7 inch sealed reissue original nm vg ex pressing uk us edition limited to on for love',
  40: 'stereo mono remastered remaster live 180g gram gatefold promo rare jazz soul funk punk single best hits',
  20: 'de la le you me my world night blue black white red man time day music sound ost soundtrack japan german',
};

/**
 * How often words occur in listing titles, in a fixed amount of memory: two rows of hashed counters, of which
 * the smaller is taken. Estimates are never too low by more than the fading.
 */
export class WordFrequencies {
  private readonly first = new Uint32Array(BUCKETS);
  private readonly second = new Uint32Array(BUCKETS);
  private total = 0;
  private titleCount = 0;

  constructor() {
    for (const [count, words] of Object.entries(COMMON_WORDS)) {
      for (const word of words.split(' ')) this.add(word, Number(count));
    }
  }

  /** Counts the words of one title that was seen. */
  learn(words: readonly string[]): void {
    this.titleCount++;
    if (this.titleCount > COUNT_ALL_TITLES && this.titleCount % SAMPLE_EVERY !== 0) return;
    for (const word of words) this.add(word, 1);
    if (this.total > MAX_TOTAL) this.fade();
  }

  /** About how many of the counted titles hold all of these words: as many as hold the rarest, at most. */
  estimate(words: readonly string[]): number {
    let least = Infinity;
    for (const word of words) {
      const hash = hashText(word);
      const count = Math.min(this.first[hash % BUCKETS] ?? 0, this.second[(hash >>> 15) % BUCKETS] ?? 0);
      if (count < least) least = count;
    }
    return least;
  }

  private add(word: string, count: number): void {
    const hash = hashText(word);
    const first = hash % BUCKETS;
    const second = (hash >>> 15) % BUCKETS;
    this.first[first] = (this.first[first] ?? 0) + count;
    this.second[second] = (this.second[second] ?? 0) + count;
    this.total += count;
  }

  private fade(): void {
    for (let i = 0; i < BUCKETS; i++) {
      this.first[i] = (this.first[i] ?? 0) >>> 1;
      this.second[i] = (this.second[i] ?? 0) >>> 1;
    }
    this.total >>>= 1;
  }
}
