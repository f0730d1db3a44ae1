export { DEMO_SIGN_IN, type DemoSignIn } from './demo-sign-in';
export { PlaygroundModule } from './playground.module';
