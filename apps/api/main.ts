import '../lean-start';
import { isSupervisor, superviseWorkers } from '@waxwatch/platform/cluster';
import { loadConfigOrExit } from '@waxwatch/platform/config';

const config = loadConfigOrExit();
// Who only watches over others loads nothing of what they need.
if (isSupervisor(config)) superviseWorkers(config);
else void import('./serve.js').then(({ serve }) => serve(config));
