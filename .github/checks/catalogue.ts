import type { DataSource } from 'typeorm';

/**
 * Everything that a migration may leave in the schema, one line each. Order of columns and internal names do not
 * show; the table that TypeORM keeps its list of migrations in is none of ours.
 */
const CATALOGUE = `
  SELECT format('column %s.%s %s%s default %s', c.table_name, c.column_name, c.udt_name,
           CASE c.is_nullable WHEN 'NO' THEN ' not null' ELSE '' END, coalesce(c.column_default, 'none')) AS line
  FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name <> 'schema_migrations'
  UNION ALL
  SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'schema_migrations'
  UNION ALL
  SELECT format('constraint %s on %s %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
  FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n'
    AND conrelid::regclass::text <> 'schema_migrations'
  UNION ALL
  SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL
  SELECT format('function %s', oid::regprocedure) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL
  SELECT format('type %s (%s)', t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder))
  FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
  WHERE t.typnamespace = 'public'::regnamespace GROUP BY t.typname
  UNION ALL
  SELECT format('settings of %s %s', relname, reloptions) FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL`;

export async function readCatalogue(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<{ line: string }[]>(CATALOGUE);
  return rows.map(({ line }) => line);
}

/** What `after` has and `before` has not, and the other way round. */
export function catalogueDifferences(before: readonly string[], after: readonly string[]): string[] {
  return [
    ...after.filter((line) => !before.includes(line)).map((line) => `leaves: ${line}`),
    ...before.filter((line) => !after.includes(line)).map((line) => `loses: ${line}`),
  ];
}
