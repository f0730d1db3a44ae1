import 'reflect-metadata';
import { migrate } from './migrate';

const databaseUrl = process.env.MIGRATION_DATABASE_URL ?? process.env.DATABASE_URL;

async function main(): Promise<void> {
  if (databaseUrl === undefined || databaseUrl.trim() === '') {
    process.stderr.write('migrations: DATABASE_URL is required\n');
    process.exit(78);
  }
  const ran = await migrate(databaseUrl.replace(/^postgresql\+\w+:/, 'postgresql:'), {
    onBusy: (error) => process.stderr.write(`migrations: ${error.message}; trying again\n`),
  });
  process.stdout.write(ran.length === 0 ? 'migrations: up to date\n' : `migrations: ran ${ran.join(', ')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`migrations: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
