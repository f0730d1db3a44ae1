/** Injection token of `DemoSignIn`; only a process with a demo collector provides it, globally. */
export const DEMO_SIGN_IN = Symbol('DEMO_SIGN_IN');

/** How the page signs in without asking. */
export interface DemoSignIn {
  /** Answers POST with `{access_token}`. */
  path: string;
}
