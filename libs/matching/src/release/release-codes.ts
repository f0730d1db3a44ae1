import type { MatchableListing } from '../listing';
import { occursIn, parseTerm, type Term } from '../term';

/** What is printed on a release: it tells its pressings apart where names do not. */
export interface ReleaseCodes {
  readonly catalogueNumbers: readonly Term[];
  readonly barcodes: readonly Term[];
}

const MOST_CODES = 8;
/** `1` or `A` is on many a record, and in many a title: a number that proves something has letters and digits, or many. */
const TELLING = /^(?=.*\d)(?:(?=.*\p{L}).{4,}|\D*(?:\d\D*){5,})$/u;

export function compileCodes(watch: {
  catalogueNumbers?: readonly string[];
  barcodes?: readonly string[];
}): ReleaseCodes {
  const terms = (codes: readonly string[] = []): Term[] =>
    codes.slice(0, MOST_CODES).flatMap((code) => {
      // A star would stand for anything.
      const term = TELLING.test(code) ? parseTerm(code.replaceAll('*', '')) : null;
      return term ?? [];
    });
  return { catalogueNumbers: terms(watch.catalogueNumbers), barcodes: terms(watch.barcodes) };
}

/** The code that a listing states in its title or beside it, as it is printed; null for none. */
export function codeIn(codes: readonly Term[], listing: MatchableListing): string | null {
  const texts = [listing.title, ...listing.codes];
  return codes.find((code) => texts.some((text) => occursIn(code, text)))?.text ?? null;
}
