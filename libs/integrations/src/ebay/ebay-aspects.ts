import { cleanText, toBarcode } from '../listing-text';

/** What a seller says of the pressing in item specifics. */
export interface PressingAspects {
  label?: string;
  catno?: string;
  /** Digits of a UPC or EAN. */
  barcode?: string;
  country?: string;
  year?: number;
  /** Such as `Vinyl, 12", First Edition`. */
  format?: string;
}

/** Names of item specifics on eBay's sites, without accents and in lower case. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  label: [
    'record label',
    'label',
    'plattenlabel',
    'musiklabel',
    'maison de disques',
    'label discographique',
    'etichetta',
    'casa discografica',
    'sello discografico',
    'discografica',
    'platenlabel',
  ],
  catno: [
    'catalog number',
    'catalogue number',
    'katalognummer',
    'numero de catalogue',
    'numero di catalogo',
    'numero de catalogo',
    'catalogusnummer',
  ],
  barcode: [
    'upc',
    'ean',
    'gtin',
    'barcode',
    'isbn/ean',
    'strichcode',
    'code-barres',
    'codice a barre',
    'codigo de barras',
  ],
  country: [
    'country/region of manufacture',
    'country of manufacture',
    'country of origin',
    'herstellungsland und -region',
    'herstellungsland',
    'ursprungsland',
    'pays de fabrication',
    "pays d'origine",
    'paese di fabbricazione',
    'paese di origine',
    'pais de fabricacion',
    'pais de origen',
    'land van herkomst',
  ],
  year: [
    'release year',
    'year of release',
    'erscheinungsjahr',
    'annee de sortie',
    'annee',
    'anno di pubblicazione',
    'anno di uscita',
    'ano de lanzamiento',
    'ano de publicacion',
    'jaar van uitgave',
  ],
  format: ['format', 'formato', 'formaat'],
  size: [
    'record size',
    'plattengrosse',
    'schallplattengrosse',
    'taille du disque',
    'dimensione disco',
    'tamano del disco',
  ],
  edition: ['edition', 'ausgabe', 'edizione', 'edicion'],
};
const PART_OF = new Map(Object.entries(NAMES).flatMap(([part, names]) => names.map((name) => [name, part])));

const SAYS_NOTHING =
  /^(?:n\/?\.?a\.?|none|no|-+|\?+|unknown|unbekannt|inconnu|sconosciuto|desconocido|does not apply|not applicable|(?:trifft )?nicht zutreffend|ne s'applique pas|non applicabile|no aplica(?:ble)?|keine(?: angabe)?)$/i;
const YEAR = /(?<!\d)(?:19|20)\d{2}(?!\d|s\b)/;
const MOST_ASPECTS = 100;
const LENGTHS: Readonly<Record<string, number>> = { label: 120, catno: 60, country: 60 };

/** Null where the seller says nothing of it. Texts are a stranger's, and are cleaned and cut. */
export function pressingAspects(
  aspects: readonly { name: string; value: string }[] | undefined,
): PressingAspects | null {
  const said = new Map<string, string>();
  for (const { name, value } of (aspects ?? []).slice(0, MOST_ASPECTS)) {
    const part = PART_OF.get(fold(name));
    const text = cleanText(value, LENGTHS[part ?? ''] ?? 60);
    if (part !== undefined && text !== null && !SAYS_NOTHING.test(text) && !said.has(part))
      said.set(part, text);
  }
  const year = YEAR.exec(said.get('year') ?? '')?.[0];
  const format = [...new Set(['format', 'size', 'edition'].flatMap((part) => said.get(part) ?? []))].join(
    ', ',
  );
  const barcode = toBarcode(said.get('barcode'));
  const found = {
    ...pick(said, 'label'),
    ...pick(said, 'catno'),
    ...(barcode === null ? {} : { barcode }),
    ...pick(said, 'country'),
    ...(year === undefined ? {} : { year: Number(year) }),
    ...(format === '' ? {} : { format }),
  };
  return Object.keys(found).length === 0 ? null : found;
}

function pick(said: ReadonlyMap<string, string>, part: string): Record<string, string> {
  const value = said.get(part);
  return value === undefined ? {} : { [part]: value };
}

const fold = (name: string): string =>
  name
    .slice(0, 60)
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('’', "'")
    .trim()
    .toLowerCase();
