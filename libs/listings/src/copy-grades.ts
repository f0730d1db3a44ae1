import { conditionRank, gradeOfRank } from '@waxwatch/grading';
import { z } from 'zod';

/** The grades of a copy on the Goldmine scale, or `unknown`, and where the seller has stated them. */
export interface CopyGrades {
  media_grade: string;
  sleeve_grade: string;
  /** `aspect`, `title`, `description` or `condition`; null for an unknown grade. */
  grade_evidence: { media: string | null; sleeve: string | null };
}

const UNKNOWN = { grade: 'unknown', source: null };
const reading = z.object({ grade: z.string(), source: z.string().nullable() }).optional().catch(undefined);
const kept = z.object({ grades: z.object({ media: reading, sleeve: reading }) });

/** From what was read of the listing when it came in; where nothing was, its condition grades the record. */
export function gradesOf(raw: unknown, condition: string | null): CopyGrades {
  const { media = fromCondition(condition), sleeve = UNKNOWN } = kept.safeParse(raw).data?.grades ?? {};
  return {
    media_grade: media.grade,
    sleeve_grade: sleeve.grade,
    grade_evidence: { media: media.source, sleeve: sleeve.source },
  };
}

function fromCondition(condition: string | null): { grade: string; source: string | null } {
  const grade = gradeOfRank(conditionRank(condition));
  return grade === null ? UNKNOWN : { grade, source: 'condition' };
}
