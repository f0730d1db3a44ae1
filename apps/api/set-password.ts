import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LocalAccounts, LocalAccountsModule } from '@waxwatch/auth';
import { PlatformModule } from '@waxwatch/platform/app';
import { type AppConfig, loadConfigOrExit } from '@waxwatch/platform/config';
import { createInterface } from 'node:readline';
import { ENTITIES } from '../../migrations/data-source';

@Module({})
class SetPasswordModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: SetPasswordModule,
      imports: [
        PlatformModule.forRoot(config, 'waxwatch-set-password'),
        TypeOrmModule.forFeature(ENTITIES),
        LocalAccountsModule,
      ],
    };
  }
}

/**
 * `set-password.js <e-mail>`: makes an account whose password we hold, or gives it another one. The password is the
 * first line of standard input, because arguments can be read by everybody on the machine.
 */
async function main(): Promise<void> {
  const [email] = process.argv.slice(2);
  if (email === undefined)
    throw new Error('usage: set-password.js <e-mail>, with the password on standard input');
  const config = loadConfigOrExit();
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest takes plain options
  const app = await NestFactory.createApplicationContext(SetPasswordModule.forRoot(config), {
    logger: ['error'],
    abortOnError: false,
  });
  try {
    const userId = await app.get(LocalAccounts).setPassword(email, await firstLine());
    process.stdout.write(`${userId}\n`);
  } finally {
    await app.close();
  }
}

async function firstLine(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('Password (it is shown): ');
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}

main().then(
  () => process.exit(0), // a terminal on standard input would keep it waiting
  (error: unknown) => {
    process.stderr.write(`set-password: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
