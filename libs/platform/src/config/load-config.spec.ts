import { loadConfigOrExit } from './load-config';

describe('loadConfigOrExit', () => {
  const before = process.env;

  afterEach(() => {
    process.env = before;
    jest.restoreAllMocks();
  });

  it('gives the configuration of the process', () => {
    process.env = {
      ENVIRONMENT: 'test',
      DATABASE_URL: 'postgresql://localhost/wax',
      QUEUE_EAGER: 'true',
      AUTH_ISSUER: 'http://localhost:1',
    };

    expect(loadConfigOrExit().environment).toBe('test');
  });

  it('ends the process with one line per problem', () => {
    process.env = { ENVIRONMENT: 'test', DATABASE_URL: 'nowhere', PORT: 'x' };
    const lines: unknown[] = [];
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(text) > 0);
    jest.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${String(code)}`);
    });

    expect(() => loadConfigOrExit()).toThrow('exit 78');
    expect(lines.sort()).toEqual([
      'configuration: DATABASE_URL: must be a postgresql:// URL\n',
      'configuration: PORT: must be a number\n',
    ]);
  });
});
