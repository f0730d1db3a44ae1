import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readRules } from './observability';

const DEPLOY = resolve(__dirname, '../../deploy');
const textOf = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8');

/** The processes end within 25 seconds of SIGTERM; whoever stops them must not be quicker. */
const MIN_GRACE_SECONDS = 30;

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const pod = z.object({
  terminationGracePeriodSeconds: z.number(),
  securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.number().min(1) }),
  containers: z.array(
    z.object({
      args: z.array(z.string()),
      startupProbe: probe.optional(),
      livenessProbe: probe.optional(),
      readinessProbe: probe.optional(),
      securityContext: z.object({
        allowPrivilegeEscalation: z.literal(false),
        readOnlyRootFilesystem: z.literal(true),
      }),
    }),
  ),
});
const labels = z.record(z.string(), z.string());
const workload = z.object({
  spec: z.object({ template: z.object({ metadata: z.object({ labels }), spec: pod }) }),
});
const budget = z.object({ spec: z.object({ selector: z.object({ matchLabels: labels }) }) });
const autoscaler = z.object({
  spec: z.object({
    scaleTargetRef: z.object({ kind: z.literal('Deployment'), name: z.string() }),
    minReplicas: z.number().min(2),
    metrics: z.array(z.object({ external: z.object({ metric: z.object({ name: z.string() }) }).optional() })),
  }),
});

describe.each(['api', 'worker'])('kubernetes/base/%s.yaml', (name) => {
  const documents = parseAllDocuments(textOf(`kubernetes/base/${name}.yaml`)).map((document) =>
    z.looseObject({ kind: z.string() }).parse(document.toJS()),
  );
  const only = (kind: string) => documents.find((document) => document.kind === kind);
  const { template } = workload.parse(only('Deployment')).spec;
  const [container] = template.spec.containers;

  it('runs its process, without rights', () => {
    expect(container?.args.at(-1)).toBe(`dist/apps/${name}/main.js`);
  });

  it('asks whether it lives and whether it is ready', () => {
    const paths = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe];

    expect(paths.map((each) => each?.httpGet.path)).toEqual(['/healthz', '/healthz', '/readyz']);
  });

  it('lets it end in its own time', () => {
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(MIN_GRACE_SECONDS);
  });

  it('is not taken away altogether, and scales', () => {
    expect(budget.parse(only('PodDisruptionBudget')).spec.selector.matchLabels).toEqual(
      template.metadata.labels,
    );
    expect(autoscaler.parse(only('HorizontalPodAutoscaler')).spec.scaleTargetRef.name).toBe(
      `waxwatch-${name}`,
    );
  });
});

describe('the autoscaler of workers', () => {
  it('asks for a queue lag that the adapter offers and a rule records', () => {
    const scaler = parseAllDocuments(textOf('kubernetes/base/worker.yaml'))
      .map((document) => autoscaler.safeParse(document.toJS()))
      .find(({ success }) => success);
    const asked = scaler?.data?.spec.metrics.flatMap((metric) => metric.external?.metric.name ?? []);
    const adapter = z
      .object({
        rules: z.object({
          external: z.array(z.object({ seriesQuery: z.string(), name: z.object({ as: z.string() }) })),
        }),
      })
      .parse(parse(textOf('kubernetes/prometheus-adapter.yaml')));
    const recorded = readRules(textOf('prometheus/rules/recording.yml')).map(({ record }) => record);

    expect(asked).toEqual(adapter.rules.external.map(({ name }) => name.as));
    for (const { seriesQuery } of adapter.rules.external) expect(recorded).toContain(seriesQuery);
  });
});

describe('compose.yml', () => {
  const service = z.object({
    command: z.array(z.string()).optional(),
    restart: z.string(),
    stop_grace_period: z.string().optional(),
    healthcheck: z.object({ disable: z.boolean().optional() }).optional(),
  });
  const { services } = z
    .object({ services: z.record(z.string(), service) })
    .parse(parse(textOf('compose.yml'), { merge: true }));

  it('gives both processes time to end, and starts them again', () => {
    for (const name of ['api', 'worker']) {
      expect(Number.parseInt(services[name]?.stop_grace_period ?? '0', 10)).toBeGreaterThanOrEqual(
        MIN_GRACE_SECONDS,
      );
      expect(services[name]?.restart).toBe('unless-stopped');
    }
  });

  it('migrates once', () => {
    expect(services.migrate).toMatchObject({ command: ['node', 'dist/migrations/run.js'], restart: 'no' });
  });

  it('asks everything that stays up whether it is well; the API by its image', () => {
    const asked = Object.entries(services).filter(([, { healthcheck }]) => healthcheck !== undefined);

    expect(asked.map(([name]) => name).sort()).toEqual(['migrate', 'postgres', 'redis', 'worker']);
    expect(textOf('Dockerfile')).toMatch(/^HEALTHCHECK /m);
  });

  it('lets Redis forget nothing', () => {
    expect(services.redis?.command?.join(' ')).toBe(
      'redis-server --appendonly yes --maxmemory-policy noeviction',
    );
  });
});

describe('Dockerfile', () => {
  it('ends as a user who is not root, known by number', () => {
    expect([...textOf('Dockerfile').matchAll(/^USER (.*)$/gm)].at(-1)?.[1]).toBe('1000:1000');
  });
});
