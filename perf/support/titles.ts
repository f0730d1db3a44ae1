import { SeededRandom, ZipfRanks } from './random';

/** A record as the benchmarks know it. */
export interface Release {
  artist: string;
  album: string;
  releaseId: number;
  masterId: number;
}

/** Words that names of bands and records share; the earlier the more frequent. */
const COMMON_WORDS =
  'the of in and love you a live to me my night blue black world time best on red man life new day white hits dark girl blood street house fire moon sun heart dream city rain river boys soul king queen electric golden sound sky light dance gold american young wild machine stone children birds ocean garden summer winter empire silver orchestra band brothers sisters trio quartet'.split(
    ' ',
  );

const SYLLABLES =
  'ba be bo bra co cha da de do dra el en er fa fi fo ga go gra ha he hi ho in ja ka ki ko la le li lo lu ma me mi mo na ne ni no or pa pe po ra re ri ro sa se shi so sta ta te ti to tra un va ve vi wa we zo'.split(
    ' ',
  );

const FORMATS = [
  'LP',
  'LP',
  'LP',
  'Vinyl LP',
  '2LP',
  '2xLP',
  '12"',
  '7"',
  'EP',
  'CD',
  'Vinyl',
  'LP, Album',
  'Cassette',
];
const EXTRAS = [
  'Reissue',
  '180g',
  'Gatefold',
  'Sealed',
  'NM',
  'VG+',
  'EX',
  'Original',
  'First Press',
  'Limited Edition',
  'Promo',
  'Stereo',
  'Mono',
  'Remastered',
  'UK',
  'US',
  'Japan OBI',
  'RARE',
  '1973',
  '1979',
  '1984',
  '1991',
  '2016',
  'Jazz',
  'Rock',
  'Punk',
  'Soul',
  'Funk',
  'Electronic',
  'Soundtrack',
  'w/ insert',
  'Coloured Vinyl',
];

/**
 * A catalogue of invented records whose words are spread as in real listing titles: few artists sell most
 * copies, few words are in many names, and format words are everywhere.
 */
export class RecordCatalogue {
  private readonly releases: Release[] = [];
  private readonly ranks: ZipfRanks;

  /** @param size number of releases */
  constructor(size: number, random: SeededRandom) {
    const words = new WordSource(random);
    let artist = '';
    for (let i = 0; i < size; i++) {
      // Between one and a dozen records in a row are by the same artist.
      if (i === 0 || random.chance(0.25))
        artist = words.name(random.weighted({ 1: 45, 2: 40, 3: 15 }), random);
      const album = words.name(random.weighted({ 1: 30, 2: 35, 3: 25, 4: 10 }), random);
      this.releases.push({ artist, album, releaseId: 1_000 + i, masterId: 500_000 + (i >>> 1) });
    }
    this.ranks = new ZipfRanks(size, size / 400);
  }

  /** Every release of the catalogue. */
  all(): Release[] {
    return [...this.releases];
  }

  /** A release, the popular ones more often. */
  draw(random: SeededRandom): Release {
    const release = this.releases[this.ranks.draw(random)];
    if (release === undefined) throw new RangeError('an empty catalogue');
    return release;
  }

  /** A title as sellers write it: `Artist – Album (2LP, Reissue) NM`. */
  title({ artist, album }: Release, random: SeededRandom): string {
    const extras = Array.from({ length: random.below(4) }, () => random.pick(EXTRAS));
    const format = random.pick(FORMATS);
    if (random.chance(0.5)) return `${artist} – ${album} (${[format, ...extras].join(', ')})`;
    return [artist, random.pick(['-', '/', '']), album, format, ...extras].join(' ').replace('  ', ' ');
  }
}

/** Invented and common words with a long tail, and names made of them. */
class WordSource {
  private readonly rareWords: string[];
  private readonly rareRanks = new ZipfRanks(40_000, 60);
  private readonly commonRanks = new ZipfRanks(COMMON_WORDS.length, 3);

  constructor(random: SeededRandom) {
    this.rareWords = Array.from({ length: 40_000 }, () =>
      Array.from({ length: 2 + random.below(3) }, () => random.pick(SYLLABLES)).join(''),
    );
  }

  name(lengthText: string, random: SeededRandom): string {
    const length = Number(lengthText);
    const words = Array.from({ length }, (_, i) =>
      this.word(length > 1 && i < length - 1 ? 0.5 : 0.25, random),
    );
    const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
    if (length === 2 && random.chance(0.04)) return name.replace(' ', random.pick(['-', '/']));
    return random.chance(0.03)
      ? name.replace(/[aou]/, (vowel) => ({ a: 'ä', o: 'ö', u: 'ü' })[vowel] ?? vowel)
      : name;
  }

  private word(commonShare: number, random: SeededRandom): string {
    if (random.chance(commonShare)) return COMMON_WORDS[this.commonRanks.draw(random)] ?? 'the';
    return this.rareWords[this.rareRanks.draw(random)] ?? 'record';
  }
}
