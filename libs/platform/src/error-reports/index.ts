export { ErrorReports, isUnforeseen, NoErrorReports } from './error-reports';
export { ErrorReportsModule } from './error-reports.module';
