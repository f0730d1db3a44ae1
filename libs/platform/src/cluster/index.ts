export { isSupervisor, superviseWorkers } from './supervise-workers';
