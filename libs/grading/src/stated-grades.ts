import { findGrades, type GradeToken } from './grade-tokens';

/** Ranks of the record and of its sleeve, 1 to 8, as one text states them; null where it does not. */
export interface StatedRanks {
  media: number | null;
  sleeve: number | null;
  /** Whether the record's grade stands behind a word for the record, such as `vinyl: VG+` or `plays VG`. */
  isMediaLabelled: boolean;
}

/** One grade, a range of them, or two with a slash between: the record, then its sleeve. */
interface Group {
  start: number;
  end: number;
  slots: number[];
  isWeak: boolean;
}

type Part = 'media' | 'sleeve';
/** Inner sleeves, inserts and the like are graded too, and have no place in ours. */
type Label = Part | 'extra';

const SLEEVE =
  '(?:sleeve|cover|jacket|jkt|slv|cvr|hulle|huelle|pochette|funda|portada|carpeta|copertina|hoes|capa)';
const MEDIA =
  '(?:vinyls?|vinyles?|vinilos?|vinili?|media|records?|discs?|disks?|disques?|discos?|dischi|disco|platten?|scheiben?|schallplatten?|plaat|wax|lps?|plays?(?: like)?|played)';
const EXTRA = '(?:inners?|inner sleeve|inserts?|obi|posters?|booklet|innenhulle)';
/** Words between a label and its grade. */
const BETWEEN = String.raw`(?:\s+(?:condition|cond\.?|grade|grading|zustand|is|are|ist|est|in|looks|plays|about|strong|solid))*\s*(?:[:=(-]|\s)*\s*`;

const before = (label: string): RegExp => new RegExp(`\\b${label}${BETWEEN}$`, 'i');
const after = (label: string): RegExp =>
  new RegExp(`^\\s*\\)?\\s*(?:condition\\s+)?${label}\\b(?!\\s*[:=])`, 'i');
const SLEEVE_BEFORE = before(SLEEVE);
const MEDIA_BEFORE = before(MEDIA);
const EXTRA_BEFORE = before(EXTRA);
const SLEEVE_AFTER = after(SLEEVE);
const MEDIA_AFTER = after(MEDIA);
/** These end every other title, so what follows them is not necessarily about them. */
const LOOSE_MEDIA = /\b(?:lps?|records?|discs?|disks?|discos?|disco)\s+$/i;
const SLEEVE_FIRST = new RegExp(`\\b${SLEEVE}\\s*[/&+,-]\\s*${MEDIA}${BETWEEN}$`, 'i');
const RANGE_JOINT = /^\s*(?:to|bis|a|-|~|\(|or|oder|ou)\s*$/i;
const PAIR_JOINT = /^\s*\)?\s*[/|]\s*\(?\s*$/;

/** More different grades than one copy can have: an explanation of the scale. */
const SCALE_LENGTH = 4;

/** Reads the grades of the record and of the sleeve in a folded text. Of two grades for one part the lower counts. */
export function statedRanks(text: string): StatedRanks {
  const groups = toGroups(text, findGrades(text));
  const stated: StatedRanks = { media: null, sleeve: null, isMediaLabelled: false };
  const ranks = new Set(groups.flatMap(({ slots }) => slots));
  if (ranks.size >= SCALE_LENGTH) return stated;
  const isLabelFirst = groups.some((group) => labelBefore(text, group, groups) !== null);
  for (const group of groups) addGroup(stated, text, group, groups, isLabelFirst);
  return stated;
}

function addGroup(
  stated: StatedRanks,
  text: string,
  group: Group,
  groups: readonly Group[],
  isLabelFirst: boolean,
): void {
  const [first = 1, second] = group.slots;
  if (second !== undefined) {
    const isSwapped = SLEEVE_FIRST.test(text.slice(Math.max(0, group.start - 50), group.start));
    lower(stated, 'media', isSwapped ? second : first);
    lower(stated, 'sleeve', isSwapped ? first : second);
    stated.isMediaLabelled = true;
    return;
  }
  const label = labelOf(text, group, groups, isLabelFirst);
  if (label === 'extra' || (group.isWeak && label === null)) return;
  if (label === 'media') stated.isMediaLabelled = true;
  lower(stated, label ?? 'media', first);
}

function lower(stated: StatedRanks, part: Part, rank: number): void {
  stated[part] = Math.min(stated[part] ?? rank, rank);
}

function labelOf(text: string, group: Group, groups: readonly Group[], isLabelFirst: boolean): Label | null {
  const behind = text.slice(group.end, group.end + 40);
  const following: Part | null = SLEEVE_AFTER.test(behind)
    ? 'sleeve'
    : MEDIA_AFTER.test(behind)
      ? 'media'
      : null;
  const leading = labelBefore(text, group, groups);
  if (leading !== null) return leading;
  if (following !== null && !(isLabelFirst && isTakenByNext(text, group, groups))) return following;
  return looseLabel(text, group, groups);
}

/** In `VG+, cover VG` the label after the comma belongs to the grade after it. */
function isTakenByNext(text: string, group: Group, groups: readonly Group[]): boolean {
  const next = groups.find(({ start }) => start >= group.end);
  return next !== undefined && labelBefore(text, next, groups) !== null;
}

function labelBefore(text: string, group: Group, groups: readonly Group[]): Label | null {
  const lead = textBefore(text, group, groups);
  if (EXTRA_BEFORE.test(lead)) return 'extra';
  if (SLEEVE_BEFORE.test(lead)) return 'sleeve';
  return MEDIA_BEFORE.test(lead) && !LOOSE_MEDIA.test(lead) ? 'media' : null;
}

function looseLabel(text: string, group: Group, groups: readonly Group[]): Part | null {
  return LOOSE_MEDIA.test(textBefore(text, group, groups)) ? 'media' : null;
}

/** What stands between the grade before and this one, from the last comma on. */
function textBefore(text: string, group: Group, groups: readonly Group[]): string {
  const previous = groups.filter(({ end }) => end <= group.start).at(-1);
  const start = Math.max(previous?.end ?? 0, group.start - 50);
  return text.slice(start, group.start).replace(/^.*[,;.](?=\s|$)/s, '');
}

function toGroups(text: string, tokens: readonly GradeToken[]): Group[] {
  const groups: Group[] = [];
  let last: Group | undefined;
  for (const token of tokens) {
    const joint = last === undefined ? '' : text.slice(last.end, token.start);
    if (last !== undefined && joint.length > 0 && PAIR_JOINT.test(joint)) {
      last.slots.push(token.rank);
      // Two weak ones make a pair only when they agree: `M/M`, but not `M/F`.
      last.isWeak = last.isWeak && token.isWeak && last.slots[0] !== token.rank;
    } else if (last !== undefined && RANGE_JOINT.test(joint) && !token.isWeak) {
      last.slots.push(Math.min(last.slots.pop() ?? token.rank, token.rank));
      last.isWeak = false;
    } else {
      last = { start: token.start, end: token.end, slots: [token.rank], isWeak: token.isWeak };
      groups.push(last);
    }
    last.end = token.end;
  }
  return groups.filter((group) => !group.isWeak || group.slots.length === 1);
}
