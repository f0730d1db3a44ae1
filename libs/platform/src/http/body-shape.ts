const MAX_DEPTH = 20;
const MAX_KEYS = 1000;

/**
 * Why a parsed body is refused whatever it says, or null. Nothing that a schema asks for comes near these bounds;
 * what is stored verbatim could otherwise be made to overflow the stack of whoever reads it.
 */
export function bodyShapeProblem(body: unknown): string | null {
  let keys = 0;
  const problemOf = (value: unknown, depth: number): string | null => {
    if (typeof value !== 'object' || value === null) return null;
    if (depth > MAX_DEPTH) return `body must not be nested more than ${MAX_DEPTH} levels deep`;
    const children: unknown[] = Array.isArray(value) ? value : Object.values(value);
    if (!Array.isArray(value)) keys += children.length;
    if (keys > MAX_KEYS) return `body must not have more than ${MAX_KEYS} keys`;
    for (const child of children) {
      const problem = problemOf(child, depth + 1);
      if (problem !== null) return problem;
    }
    return null;
  };
  return problemOf(body, 1);
}
