import { conditionRank, type Grade, gradeOfRank } from './scale';
import { type StatedRanks, statedRanks } from './stated-grades';

/** What a marketplace says about a copy. Texts are a stranger's; they are read up to a few thousand characters. */
export interface GradingSources {
  title: string;
  /** eBay's condition, such as `New` or `Used`. */
  condition?: string | null | undefined;
  /** eBay's number of it; `1000` is new. */
  conditionId?: string | null | undefined;
  /** Item specifics in any language, such as `Record Grading`: `VG+`. */
  aspects?: readonly { name: string; value: string }[] | undefined;
  /** The seller's description or note on the condition. */
  description?: string | null;
}

/** Where a grade was found. */
export type GradeSource = 'aspect' | 'title' | 'description' | 'condition';

export interface GradeReading {
  grade: Grade | 'unknown';
  /** Null when the grade is unknown. */
  source: GradeSource | null;
}

export interface Grades {
  media: GradeReading;
  sleeve: GradeReading;
}

interface SourcedRank {
  rank: number;
  source: GradeSource;
}

const MAX_TEXT = 4_000;
const UNKNOWN: GradeReading = { grade: 'unknown', source: null };

/**
 * The grades of record and sleeve on the Goldmine scale, or `unknown`: never better than stated.
 *
 * Item specifics, title, and what the description says expressly about the record or the sleeve count alike, and of
 * several the lowest: a seller who writes `NM` in one place and `plays VG` in another has said VG. A grade that the
 * description states about nothing in particular counts only where the others are silent. The marketplace's own
 * condition comes last: new is mint, used says nothing.
 */
export function readGrades(sources: GradingSources): Grades {
  const aspects = readAspects(sources.aspects ?? []);
  const title = statedRanks(foldText(sources.title));
  const description = statedRanks(foldText(sources.description ?? ''));
  const media = lowest([
    sourced(aspects.media, 'aspect'),
    sourced(title.media, 'title'),
    sourced(description.isMediaLabelled ? description.media : null, 'description'),
  ]);
  const sleeve = lowest([
    sourced(aspects.sleeve, 'aspect'),
    sourced(title.sleeve, 'title'),
    sourced(description.sleeve, 'description'),
  ]);
  return {
    media: toReading(
      media ?? sourced(description.media, 'description') ?? sourced(rankOfCondition(sources), 'condition'),
    ),
    sleeve: toReading(sleeve),
  };
}

const sourced = (rank: number | null, source: GradeSource): SourcedRank | null =>
  rank === null ? null : { rank, source };

function lowest(ranks: readonly (SourcedRank | null)[]): SourcedRank | null {
  return ranks.reduce((worst, next) => {
    if (worst === null || next === null) return worst ?? next;
    return next.rank < worst.rank ? next : worst;
  }, null);
}

function toReading(found: SourcedRank | null): GradeReading {
  const grade = gradeOfRank(found?.rank ?? null);
  return grade === null || found === null ? UNKNOWN : { grade, source: found.source };
}

function rankOfCondition({ condition, conditionId }: GradingSources): number | null {
  return conditionId === '1000' ? 8 : conditionRank(condition);
}

// Names of item specifics differ by marketplace and seller: a word for grading with one for the record or the sleeve.
const GRADING_NAME =
  /grad|condition|zustand|bewertung|\betat\b|notation|evaluation|class|estado|calific|valutaz|condizion|stato|staat/;
const SLEEVE_NAME = /sleeve|cover|jacket|hulle|pochette|funda|portada|carpeta|copertina|hoes/;
const MEDIA_NAME = /record|vinyl|media|dis[ck]|disque|vinil|platte|plaat|dischi/;

function readAspects(aspects: NonNullable<GradingSources['aspects']>): Pick<StatedRanks, 'media' | 'sleeve'> {
  const ranks: { media: number | null; sleeve: number | null } = { media: null, sleeve: null };
  for (const aspect of aspects.slice(0, 100)) {
    const name = foldText(aspect.name).toLowerCase();
    if (!GRADING_NAME.test(name)) continue;
    const part = SLEEVE_NAME.test(name) ? 'sleeve' : MEDIA_NAME.test(name) ? 'media' : null;
    const rank = part === null ? null : rankOfAspect(aspect.value);
    if (part !== null && rank !== null) ranks[part] = Math.min(ranks[part] ?? rank, rank);
  }
  return ranks;
}

/** A value is a grade by itself, or says one in words of its own. */
function rankOfAspect(value: string): number | null {
  return conditionRank(value) ?? statedRanks(`media: ${foldText(value)}`).media;
}

/** Without diacritics and with plain dashes and quotes; case stays, because `EX` is a grade and `ex` is a word. */
function foldText(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[\u2010-\u2015\u2212~]/g, '-')
    .replace(/[\u2018\u2019]/g, "'");
}
