export { readGrades, type GradeReading, type Grades, type GradingSources } from './read-grades';
export { conditionRank, type Grade, gradeOfRank, GRADES } from './scale';
